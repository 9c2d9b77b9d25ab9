// merkle inclusion|consistency LEAVES: microseconds in which
// transparency-dev/merkle verifies the proof that merkle_bench.c verifies.
package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strconv"

	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"vexlog.example/bench/timing"
)

// tree holds the nodes of each level.
var tree [][][]byte

func grow(leaves uint64) {
	level := make([][]byte, leaves)
	for i := range level {
		level[i] = rfc6962.DefaultHasher.HashLeaf(
			binary.LittleEndian.AppendUint64(nil, uint64(i)))
	}
	tree = append(tree, level)
	for len(level) > 1 {
		above := make([][]byte, len(level)/2)
		for i := range above {
			above[i] = rfc6962.DefaultHasher.HashChildren(
				level[2*i], level[2*i+1])
		}
		tree = append(tree, above)
		level = above
	}
}

func hashes(nodes proof.Nodes) ([][]byte, error) {
	list := make([][]byte, 0, len(nodes.IDs))
	for _, id := range nodes.IDs {
		list = append(list, tree[id.Level][id.Index])
	}
	return nodes.Rehash(list, rfc6962.DefaultHasher.HashChildren)
}

// rootOf is the root over the first size leaves, size > leaves / 2.
func rootOf(size uint64) []byte {
	var root []byte
	at := size
	for level := 0; at > 0; level, at = level+1, at>>1 {
		if at&1 == 0 {
			continue
		}
		node := tree[level][at-1]
		if root == nil {
			root = node
		} else {
			root = rfc6962.DefaultHasher.HashChildren(node, root)
		}
	}
	return root
}

func main() {
	leaves, err := strconv.ParseUint(os.Args[2], 10, 64)
	if err != nil || leaves < 4 {
		timing.Fail(errors.New("usage: merkle inclusion|consistency LEAVES"))
	}
	grow(leaves)
	root := rootOf(leaves)
	h := rfc6962.DefaultHasher
	var call func() error
	if os.Args[1] == "inclusion" {
		nodes, err := proof.Inclusion(1, leaves)
		if err != nil {
			timing.Fail(err)
		}
		path, err := hashes(nodes)
		if err != nil {
			timing.Fail(err)
		}
		call = func() error {
			return proof.VerifyInclusion(h, 1, leaves, tree[0][1], path,
				root)
		}
	} else {
		size1 := leaves/2 + 1
		nodes, err := proof.Consistency(size1, leaves)
		if err != nil {
			timing.Fail(err)
		}
		path, err := hashes(nodes)
		if err != nil {
			timing.Fail(err)
		}
		root1 := rootOf(size1)
		call = func() error {
			return proof.VerifyConsistency(h, size1, leaves, path, root1,
				root)
		}
	}
	fmt.Printf("%.6g\n", 1e6*timing.Best(call))
}
