//go:build cuda

package cuda

import (
	"unsafe"

	"caucus/kernels"
)

// params is the array P of the kernels, on the host: numbers that an argument names by its index, then lists, where they
// begin among the former. Indices depend on the operations alone, so that a graph finds the numbers of any batch.
type params struct {
	host   *pinned[int32]
	words  []int32 // of host
	memory *memory // on the device
	used   int     // words
	named  int     // of numbered
}

// numbered is how many numbers have an index.
const numbered = 4096

// leastWords is the size of the array at first, more than a decode step of 512 short sequences has.
const leastWords = 1 << 18

func (p *params) reset() { p.used, p.named = numbered, 0 }

// room flushes unless there is place for so many more words, and for the numbers of an operation.
func (o *ops) room(words int) {
	p := &o.params
	const most = 16 // numbers of an operation
	if p.used+words <= len(p.words) && p.named+most <= numbered {
		return
	}
	o.flush()
	p.reset()
	if need := numbered + words; need > len(p.words) {
		o.growParams(max(need, 2*len(p.words), leastWords))
	}
}

func (o *ops) growParams(words int) {
	if o.params.host != nil {
		ok(o.params.host.free())
	}
	host, err := newPinned[int32](o.device, words)
	ok(err)
	o.params = params{host: host, words: host.all, memory: o.alloc(4 * words)}
	o.params.reset()
	o.dropGraphs() // which read the array that was
}

// number gives n an index.
func (o *ops) number(n int) uint64 {
	p := &o.params
	p.words[p.named] = int32(n)
	p.named++
	return intArg(p.named - 1)
}

// place gives a list of n words an index, for room was made.
func (o *ops) place(n int) (index uint64, words []int32) {
	p := &o.params
	index = o.number(p.used)
	words = p.words[p.used : p.used+n]
	p.used += n
	return index, words
}

// P is the argument that every kernel has.
func (o *ops) P() uint64 { return o.params.memory.arg() }

// spanWords is how many words a span has: slot, row, length, position and where its pages begin.
const spanWords = 5

// spanList is a batch's spans in the array. All layers of a step have the same.
type spanList struct {
	words  []int32  // nil for none yet
	count  uint64   // index of their number
	spans  uint64   // index of the list
	paged  bool     // pages and tokens are there too
	pages  []*int32 // where the host has them
	tokens int      // number
	rows   int      // up to the last that a token is in
	number uint64   // its index
	list   uint64   // index of pairs: a span, and which of its tokens
}

func (l *spanList) forget() { *l = spanList{pages: l.pages[:0]} }

// is tells whether these are the spans that the list was made of.
func (l *spanList) is(spans []kernels.Span) bool {
	if len(l.words) != len(spans)*spanWords || l.words == nil {
		return false
	}
	for i := range spans {
		s, w := &spans[i], l.words[i*spanWords:]
		if int32(s.Slot) != w[0] || int32(s.Row) != w[1] || int32(s.Len) != w[2] || int32(s.Pos) != w[3] {
			return false
		}
	}
	return true
}

// hasPages tells the same of their pages, which nobody changes in place while a step is put together.
func (o *ops) hasPages(spans []kernels.Span) bool {
	for i := range spans {
		if unsafe.SliceData(spans[i].Pages) != o.spans.pages[i] {
			return false
		}
	}
	return true
}

// pagesOf is how many pages of a span are read.
func pagesOf(s *kernels.Span) int { return blocks(s.Pos+s.Len, kernels.PageLen) }

// batch returns the list of spans, whose pages may be missing.
func (o *ops) batch(spans []kernels.Span) *spanList {
	l := &o.spans
	if l.is(spans) {
		return l
	}
	o.room(len(spans) * spanWords)
	l.forget()
	l.count = o.number(len(spans))
	l.spans, l.words = o.place(len(spans) * spanWords)
	for i := range spans {
		s, w := &spans[i], l.words[i*spanWords:]
		w[0], w[1], w[2], w[3], w[4] = int32(s.Slot), int32(s.Row), int32(s.Len), int32(s.Pos), 0
		l.tokens += s.Len
		l.rows = max(l.rows, s.Row+s.Len)
		o.list.prompt = o.list.prompt || s.Len > 1
	}
	o.list.prompt = o.list.prompt || len(spans) > maxBucket
	return l
}

// pagedBatch returns the list of spans with their pages and tokens.
func (o *ops) pagedBatch(spans []kernels.Span) *spanList {
	if l := &o.spans; l.is(spans) && l.paged && o.hasPages(spans) {
		return l
	}
	words := 0
	for i := range spans {
		words += spanWords + pagesOf(&spans[i]) + 2*spans[i].Len
	}
	o.room(words)
	if o.spans.paged { // other pages
		o.spans.forget()
	}
	l := o.batch(spans)
	l.paged = true
	l.number = o.number(l.tokens)
	var pairs []int32
	l.list, pairs = o.place(2 * l.tokens)
	for i := range spans {
		for t := range spans[i].Len {
			pairs[0], pairs[1] = int32(i), int32(t)
			pairs = pairs[2:]
		}
	}
	for i := range spans {
		p := &o.params
		l.words[i*spanWords+4] = int32(p.used)
		l.pages = append(l.pages, unsafe.SliceData(spans[i].Pages))
		p.used += copy(p.words[p.used:], spans[i].Pages[:pagesOf(&spans[i])])
	}
	return l
}
