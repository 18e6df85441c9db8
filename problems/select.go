package problems

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
)

// A candidate is a problem of a file that may be chosen.
type candidate struct {
	Problem
	line int
	rank uint64 // of two candidates the lower one comes first
}

// A selection keeps the problems that Options ask for, of those that are offered one by one.
type selection struct {
	limit   int // of those that are kept; 0 is none
	shuffle bool
	seed    uint64
	offered uint64
	kept    []candidate
	lines   map[string]int // by the ids of kept
}

func newSelection(o Options) *selection {
	return &selection{limit: o.Limit, shuffle: o.Shuffle, seed: o.Seed, lines: map[string]int{}}
}

// full reports whether no further problem can be chosen.
func (s *selection) full() bool { return s.limit > 0 && !s.shuffle && len(s.kept) == s.limit }

// offer keeps c if it belongs to the chosen ones so far.
func (s *selection) offer(c candidate) error {
	if line, taken := s.lines[c.ID]; taken {
		return fmt.Errorf("id %q is that of line %d: give every problem its own, or name another field, as in --field id=NAME", c.ID, line)
	}
	c.rank = s.offered
	s.offered++
	if s.shuffle {
		c.rank = drawn(s.seed, c.ID)
	}
	s.kept = append(s.kept, c)
	s.lines[c.ID] = c.line
	if s.limit > 0 && len(s.kept)/2 >= s.limit { // a sort pays for as many offers as it drops
		s.cut()
	}
	return nil
}

// cut sorts what is kept, and drops what is beyond the limit.
func (s *selection) cut() {
	slices.SortFunc(s.kept, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.ID, b.ID))
	})
	if s.limit > 0 && len(s.kept) > s.limit {
		for _, c := range s.kept[s.limit:] {
			delete(s.lines, c.ID)
		}
		clear(s.kept[s.limit:])
		s.kept = s.kept[:s.limit]
	}
}

// problems returns the chosen ones in their order.
func (s *selection) problems() []Problem {
	s.cut()
	list := make([]Problem, len(s.kept))
	for i, c := range s.kept {
		list[i] = c.Problem
	}
	return list
}

// drawn is the rank of a problem in a shuffled file. It depends on seed and id alone: a larger limit adds problems behind
// the others, a filter only takes some away, and of two problems with one id both are among the first or none is.
func drawn(seed uint64, id string) uint64 {
	sum := sha256.Sum256(append(binary.LittleEndian.AppendUint64(nil, seed), id...))
	return binary.LittleEndian.Uint64(sum[:])
}
