package token

import "container/heap"

// bpe joins bytes to tokens by the merges that training found, the earliest first (Sennrich et al. 2016).
type bpe struct {
	tokens     map[string]int32 // by their bytes
	bytes      [256]int32       // the token of each byte
	merges     map[[2]int32]merge
	wholeFirst bool // a piece that is a token needs no merging (ignore_merges)
}

// merge is what two neighbours become: the lower the rank, the earlier.
type merge struct{ rank, id int32 }

// merger is the working memory of one encoding, kept from piece to piece.
type merger struct {
	symbols []symbol
	queue   queue
}

// symbol is a token of the unfinished piece, in a doubly linked list over the positions of its first bytes.
type symbol struct {
	id         int32 // -1 once it has been merged into its left neighbour
	prev, next int32 // positions; -1 and the piece's length at the ends
}

// encode appends the tokens of piece to ids.
func (b *bpe) encode(ids []int32, piece string, work *merger) []int32 {
	if b.wholeFirst {
		if id, ok := b.tokens[piece]; ok {
			return append(ids, id)
		}
	}
	work.start(b, piece)
	for len(work.queue) > 0 {
		work.apply(b, heap.Pop(&work.queue).(candidate))
	}
	for at := int32(0); int(at) < len(work.symbols); at = work.symbols[at].next {
		ids = append(ids, work.symbols[at].id)
	}
	return ids
}

// start lays out a piece as single bytes and queues the merges that are possible at once.
func (w *merger) start(b *bpe, piece string) {
	w.symbols, w.queue = w.symbols[:0], w.queue[:0]
	for i := range len(piece) {
		w.symbols = append(w.symbols, symbol{b.bytes[piece[i]], int32(i) - 1, int32(i) + 1})
	}
	for i := range w.symbols {
		w.propose(b, int32(i))
	}
}

// propose queues the merge of the symbol at a position with its right neighbour, if there is one.
func (w *merger) propose(b *bpe, left int32) {
	if left < 0 || int(w.symbols[left].next) == len(w.symbols) {
		return
	}
	pair := [2]int32{w.symbols[left].id, w.symbols[w.symbols[left].next].id}
	if m, ok := b.merges[pair]; ok {
		heap.Push(&w.queue, candidate{m, left, pair})
	}
}

// apply merges two symbols, unless an earlier merge has taken one of them, and proposes what has become possible.
func (w *merger) apply(b *bpe, c candidate) {
	left := &w.symbols[c.left]
	if left.id != c.pair[0] || int(left.next) == len(w.symbols) || w.symbols[left.next].id != c.pair[1] {
		return
	}
	right := &w.symbols[left.next]
	left.id, right.id = c.id, -1
	left.next = right.next
	if int(left.next) < len(w.symbols) {
		w.symbols[left.next].prev = c.left
	}
	w.propose(b, left.prev)
	w.propose(b, c.left)
}

// candidate is a merge at a position.
type candidate struct {
	merge
	left int32
	pair [2]int32
}

// queue orders candidates by rank, then from left to right.
type queue []candidate

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	return q[i].rank < q[j].rank || q[i].rank == q[j].rank && q[i].left < q[j].left
}
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(c any)   { *q = append(*q, c.(candidate)) }
func (q *queue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}
