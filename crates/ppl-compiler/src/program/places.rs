//! Lines and columns of many places in one text.

use ppl_diagnostic::{SourceId, Sources, Span};

/// Where the lines of a text start, found once.
#[derive(Debug, Default)]
pub(super) struct Places {
    starts: Vec<usize>,
    of: Option<SourceId>,
}

impl Places {
    /// Line and column of a span's start, both from 1, the column in characters.
    pub(super) fn line_column(&mut self, sources: &Sources, span: Span) -> (usize, usize) {
        let text = &sources.get(span.source).text;
        if self.of != Some(span.source) {
            self.of = Some(span.source);
            let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
            self.starts = std::iter::once(0).chain(ends.map(|(i, _)| i + 1)).collect();
        }
        let at = span.start as usize;
        let line = self.starts.partition_point(|&start| start <= at);
        (line, text[self.starts[line - 1]..at].chars().count() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_that_the_sources_tell() {
        let mut sources = Sources::default();
        let source = sources.add("m.model", "μ ~ normal(0, 1)\n\nfactor f = μ\n");
        let mut places = Places::default();
        for at in [0, 3, 17, 18, 19, 20, 30, 32] {
            let span = sources.span(source, at, at);
            assert_eq!(places.line_column(&sources, span), sources.line_column(span), "{at}");
        }
    }
}
