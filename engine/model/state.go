package model

import (
	"slices"

	"caucus/kernels"
)

// Capacity bounds what a State can hold and what one forward pass can do.
type Capacity struct {
	Slots  int // sequences
	Pages  int // KV pages of kernels.PageLen positions, over all sequences
	Rows   int // tokens of a batch
	Logits int // rows of a batch that need logits
}

// State is what the sequences of one batch remember: recurrent states of fixed size, one a slot, of the convolutions and
// scans, and pages of keys and values, shared between forks, of the attention mixers. It also holds the scratch of a
// forward pass.
type State struct {
	ops       kernels.Ops
	dModel    int
	recurrent []kernels.RecurrentState
	kv        []kernels.KVCache
	refs      []int32 // sequences that have each page
	free      []int32 // pages that no sequence has

	// One row a token, except logits, which has one a row asked for.
	h, u, proj, conv, chosen, dt, y, logits kernels.Buffer
}

// Sequence is the part of a State that belongs to one sequence of tokens. The zero value with a Slot set is empty.
type Sequence struct {
	Slot  int // its recurrent state; no two non-empty sequences share one
	Len   int // tokens read
	pages []int32
}

// NewState allocates a state and its scratch; a forward pass allocates nothing more.
func (m *Model) NewState(c Capacity) *State {
	ops, w := m.Ops, m.rowWidths()
	s := &State{
		ops:    ops,
		dModel: m.Config.DModel,
		refs:   make([]int32, c.Pages),
		free:   make([]int32, c.Pages),
		h:      ops.NewBuffer(c.Rows * m.Config.DModel),
		u:      ops.NewBuffer(c.Rows * m.Config.DModel),
		proj:   ops.NewBuffer(c.Rows * w.proj),
		conv:   ops.NewBuffer(c.Rows * w.conv),
		chosen: ops.NewBuffer(c.Rows * w.chosen),
		dt:     ops.NewBuffer(c.Rows * w.dt),
		y:      ops.NewBuffer(c.Rows * w.y),
		logits: ops.NewBuffer(c.Logits * m.Config.Vocab),
	}
	for i := range s.free {
		s.free[i] = int32(c.Pages - 1 - i) // page 0 is handed out first
	}
	for _, part := range m.parts() {
		part.allot(s, c)
	}
	return s
}

// stream is the rows of h or of u.
func (s *State) stream(b kernels.Buffer) kernels.View { return view(b, s.dModel) }

// rowWidths is what the scratch of a State holds for one row of a batch, beside h and u.
type rowWidths struct {
	proj   int // what a part makes of u
	conv   int // convolved
	chosen int // r|B|C of a plain Mamba mixer
	dt     int // step sizes, or an expert's scores
	y      int // of a mixer, or in an MLP
}

// rowWidths is the most that any part takes.
func (m *Model) rowWidths() (most rowWidths) {
	for _, part := range m.parts() {
		w := part.widths()
		most = rowWidths{
			max(most.proj, w.proj), max(most.conv, w.conv), max(most.chosen, w.chosen), max(most.dt, w.dt), max(most.y, w.y),
		}
	}
	return most
}

func (w rowWidths) sum() int { return w.proj + w.conv + w.chosen + w.dt + w.y }

// Extend takes the next n tokens of q into a batch whose next free row is row: it finds pages for them, of which q is the
// only reader, and counts them as read. It reports false, having changed nothing, when too few pages are free.
func (s *State) Extend(q *Sequence, row, n int) (kernels.Span, bool) {
	fresh := PagesFor(q.Len+n) - len(q.pages)
	last := len(q.pages) - 1
	shared := q.Len%kernels.PageLen != 0 && s.refs[q.pages[last]] > 1
	if shared {
		fresh++
	}
	if fresh > len(s.free) {
		return kernels.Span{}, false
	}
	if shared {
		s.unshare(q, last)
	}
	for len(q.pages) < PagesFor(q.Len+n) {
		q.pages = append(q.pages, s.take())
	}
	span := kernels.Span{Slot: q.Slot, Row: row, Len: n, Pos: q.Len, Pages: q.pages}
	q.Len += n
	return span, true
}

// PagesFor is the number of pages that n positions fill.
func PagesFor(n int) int { return (n + kernels.PageLen - 1) / kernels.PageLen }

// FreePages is the number of pages that no sequence has.
func (s *State) FreePages() int { return len(s.free) }

// Fork makes dst, which must be empty, continue from where src is: the recurrent states are copied, the pages shared
// until one of their readers writes.
func (s *State) Fork(dst, src *Sequence) {
	dst.Len = src.Len
	dst.pages = append(dst.pages, src.pages...)
	for _, p := range src.pages {
		s.refs[p]++
	}
	if src.Len == 0 {
		return // the first token starts from the zero state
	}
	for _, state := range s.recurrent {
		s.ops.CopyState(state, dst.Slot, src.Slot)
	}
}

// Detach gives q copies of its own of all pages that it shares, as if it had read its tokens itself. It reports false,
// having changed nothing, when too few pages are free.
func (s *State) Detach(q *Sequence) bool {
	shared := 0
	for _, p := range q.pages {
		if s.refs[p] > 1 {
			shared++
		}
	}
	if shared > len(s.free) {
		return false
	}
	for i, p := range q.pages {
		if s.refs[p] > 1 {
			s.unshare(q, i)
		}
	}
	return true
}

// Release empties q: its pages return to the free ones unless other sequences have them too.
func (s *State) Release(q *Sequence) {
	for _, p := range slices.Backward(q.pages) {
		s.drop(p)
	}
	q.pages = q.pages[:0]
	q.Len = 0
}

// unshare gives q a copy of its own of its i-th page.
func (s *State) unshare(q *Sequence, i int) {
	from, to := q.pages[i], s.take()
	for _, layer := range s.kv {
		s.ops.CopyPage(layer, int(to), int(from))
	}
	q.pages[i] = to
	s.drop(from)
}

func (s *State) take() int32 {
	p := s.free[len(s.free)-1]
	s.free = s.free[:len(s.free)-1]
	s.refs[p] = 1
	return p
}

func (s *State) drop(p int32) {
	if s.refs[p]--; s.refs[p] == 0 {
		s.free = append(s.free, p)
	}
}
