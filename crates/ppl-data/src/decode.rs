//! Bytes of a file to text.

use ppl_diagnostic::Diagnostic;

/// The text of a file: UTF-8, without the byte order mark that some programs put in front.
///
/// # Errors
/// `E0502` where the bytes are no UTF-8, naming the byte, the line and the encoding that it probably is.
///
/// ```
/// assert_eq!(ppl_data::decode(b"\xEF\xBB\xBFx,y\n".to_vec()).unwrap(), "x,y\n");
/// assert_eq!(ppl_data::decode(b"na\xEFve".to_vec()).unwrap_err().code, "E0502");
/// ```
pub fn decode(mut bytes: Vec<u8>) -> Result<String, Box<Diagnostic>> {
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        bytes.drain(..3);
    }
    // Zero bytes are legal UTF-8, but in a text file they mean two bytes a character.
    if let Some(encoding) = wide_encoding(&bytes) {
        return Err(not_utf8(&bytes, 0, encoding));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        not_utf8(error.as_bytes(), at, "Latin-1 (ISO 8859-1 or Windows-1252)")
    })
}

fn wide_encoding(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xFF, 0xFE, ..] => Some("UTF-16 (little endian)"),
        [0xFE, 0xFF, ..] => Some("UTF-16 (big endian)"),
        [first, 0, ..] if *first != 0 => Some("UTF-16 (little endian)"),
        [0, second, ..] if *second != 0 => Some("UTF-16 (big endian)"),
        _ => None,
    }
}

fn not_utf8(bytes: &[u8], at: usize, encoding: &str) -> Box<Diagnostic> {
    let line = bytes[..at].iter().filter(|&&b| b == b'\n').count() + 1;
    let byte = bytes.get(at).copied().unwrap_or_default();
    let message = format!("the file is not UTF-8: byte {at} (0x{byte:02X}, line {line}) cannot stand there");
    let error = Diagnostic::error("E0502", message)
        .note(format!("it is probably {encoding}"))
        .help("save it as UTF-8; in a spreadsheet choose \"CSV UTF-8\"");
    Box::new(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foreign_byte_is_named_with_its_line() {
        let error = decode(b"name\nJos\xE9\n".to_vec()).unwrap_err();
        assert!(error.message.contains("byte 8 (0xE9, line 2)"), "{}", error.message);
        assert!(error.notes[0].contains("Latin-1"));
    }

    #[test]
    fn two_bytes_a_character_are_recognised_with_and_without_a_mark() {
        for bytes in [b"\xFF\xFEx\0,\0".to_vec(), b"x\0,\0y\0".to_vec(), b"\xFE\xFF\0x".to_vec(), b"\0x\0,".to_vec()] {
            let error = decode(bytes).unwrap_err();
            assert!(error.notes[0].contains("UTF-16"), "{:?}", error.notes);
        }
    }

    #[test]
    fn text_comes_back_unchanged() {
        assert_eq!(decode("é∼\n".as_bytes().to_vec()).unwrap(), "é∼\n");
        assert_eq!(decode(Vec::new()).unwrap(), "");
    }
}
