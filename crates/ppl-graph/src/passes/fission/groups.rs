//! Which carries need each other.

use crate::{Graph, NodeId, Op};

/// For each node of a body, on which carries it depends.
pub(super) fn dependencies(body: &Graph, carries: usize) -> Vec<Vec<bool>> {
    let mut depends: Vec<Vec<bool>> = Vec::with_capacity(body.len());
    for node in body.nodes() {
        let mut own = vec![false; carries];
        if let Op::Input { offset } = node.op
            && offset < carries
        {
            own[offset] = true;
        }
        node.op.for_each_operand(|operand| {
            own.iter_mut().zip(&depends[operand.0 as usize]).for_each(|(own, &other)| *own |= other);
        });
        depends.push(own);
    }
    depends
}

/// The carries in groups that need each other, in an order in which a group needs only itself and those before it.
pub(super) fn groups(outputs: &[NodeId], depends: &[Vec<bool>]) -> Vec<Vec<usize>> {
    let count = outputs.len();
    let mut reaches: Vec<Vec<bool>> = outputs.iter().map(|id| depends[id.0 as usize].clone()).collect();
    for via in 0..count {
        for from in 0..count {
            if reaches[from][via] {
                (0..count).for_each(|to| reaches[from][to] |= reaches[via][to]);
            }
        }
    }
    let mut rest: Vec<usize> = (0..count).collect();
    let mut found = Vec::new();
    while let Some(&first) = rest.iter().find(|&&k| rest.iter().all(|&to| !reaches[k][to] || to == k || reaches[to][k]))
    {
        let (group, others) = rest.iter().partition(|&&k| k == first || (reaches[first][k] && reaches[k][first]));
        found.push(group);
        rest = others;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_come_in_the_order_in_which_they_need_each_other() {
        let on = |carries: &[usize]| (0..4).map(|k| carries.contains(&k)).collect::<Vec<bool>>();
        // 0 needs 1 and 2, which need each other; 2 needs 3, which needs nothing.
        let depends = [on(&[0, 1]), on(&[2]), on(&[1, 3]), on(&[])];
        let outputs: Vec<NodeId> = (0..4).map(NodeId).collect();
        assert_eq!(groups(&outputs, &depends), [vec![3], vec![1, 2], vec![0]]);
    }
}
