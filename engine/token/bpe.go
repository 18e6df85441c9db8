package token

import (
	"errors"
	"fmt"
	"math"
	"unicode/utf8"
)

// bpe joins characters to tokens by the merges that training found, the earliest first (Sennrich et al. 2016). For a
// byte-level vocabulary the characters stand for bytes.
type bpe struct {
	tokens     map[string]int32 // by their spelling, special ones left out: text never becomes one of them
	low        [0x200]int32     // the tokens of the first characters, or -1; all of a byte-level alphabet
	bytes      *[256]int32      // with byte_fallback, the token of each byte, or -1
	unknown    int32            // the token of a character that has none, or -1, and it is left out
	fuse       bool             // unknown characters in a row are one token
	merges     map[[2]int32]merge
	wholeFirst bool // a piece that is a token needs no merging (ignore_merges)
	joints     joints
	recent     recent
}

// merge is what two neighbours become: the lower the rank, the earlier.
type merge struct{ rank, id int32 }

// index prepares the table of the first characters.
func (b *bpe) index() {
	for r := range b.low {
		id, ok := b.tokens[string(rune(r))]
		if !ok {
			id = -1
		}
		b.low[r] = id
	}
}

// token returns the token of the character at the start of a piece.
func (b *bpe) token(r rune, spelling string) int32 {
	if r >= 0 && int(r) < len(b.low) {
		return b.low[r]
	}
	if id, ok := b.tokens[spelling]; ok {
		return id
	}
	return -1
}

// complete tells whether plain text has tokens, if its bytes are spelled as characters or else not. Real vocabularies lack
// bytes that their training never met (SmolLM2's has no 0x04, StarCoder's no 0xf1): those are left out of a text.
func (b *bpe) complete(spelled bool) error {
	if b.unknown >= 0 {
		return nil
	}
	for i := ' '; i <= '~'; i++ {
		switch {
		case spelled && !b.has(spelling[i]) || !spelled && b.bytes != nil && b.bytes[i] < 0:
			return fmt.Errorf("no token for byte %#02x, and no unk_token", i)
		case !spelled && b.bytes == nil:
			return errors.New("characters without a token have none to stand for them: there is no ByteLevel " +
				"pre-tokenizer, no byte_fallback and no unk_token")
		}
	}
	return nil
}

// merger is the working memory of one encoding, kept from piece to piece.
type merger struct {
	symbols []symbol
	queue   queue
}

// symbol is a token of the unfinished piece, in a doubly linked list.
type symbol struct {
	id         int32
	prev, next int32 // -1 and the number of symbols at the ends
	rank       int32 // of the merge with the next one, or never; only in short pieces
}

// never is the rank of a merge that does not exist.
const never = math.MaxInt32

// Pieces of up to shortPiece symbols, most words among them, are searched for the next merge, which is faster than a heap.
const shortPiece = 32

// encode appends the tokens of piece to ids.
func (b *bpe) encode(ids []int32, piece string, work *merger) []int32 {
	for len(piece) > maxRecent && !b.wholeFirst {
		n := b.seam(piece)
		ids = b.encodePart(ids, piece[:n], work)
		piece = piece[n:]
	}
	return b.encodePart(ids, piece, work)
}

// encodePart does the same for a short piece, or one without a seam.
func (b *bpe) encodePart(ids []int32, piece string, work *merger) []int32 {
	if known, ok := b.recent.get(piece); ok {
		return append(ids, known...)
	}
	begin := len(ids)
	if b.wholeFirst && b.has(piece) {
		ids = append(ids, b.tokens[piece])
	} else {
		ids = work.merge(b, ids, piece)
	}
	b.recent.put(piece, ids[begin:])
	return ids
}

// merge appends the tokens that the characters of a piece are merged to.
func (w *merger) merge(b *bpe, ids []int32, piece string) []int32 {
	w.start(b, piece)
	if len(w.symbols) <= shortPiece {
		w.search(b)
	} else {
		w.drain(b)
	}
	for at := int32(0); int(at) < len(w.symbols); at = w.symbols[at].next {
		ids = append(ids, w.symbols[at].id)
	}
	return ids
}

// start lays out a piece as the tokens of its characters.
func (w *merger) start(b *bpe, piece string) {
	w.symbols = w.symbols[:0]
	pending := false // an unknown character that has not got its token yet
	flush := func() {
		if pending {
			w.add(b.unknown)
		}
		pending = false
	}
	for i := 0; i < len(piece); {
		r, size := utf8.DecodeRuneInString(piece[i:])
		spelling := piece[i : i+size]
		i += size
		if id := b.token(r, spelling); id >= 0 {
			flush()
			w.add(id)
			continue
		}
		if b.addBytes(w, spelling) || b.unknown < 0 {
			continue
		}
		if !b.fuse {
			flush()
		}
		pending = true
	}
	flush()
}

// addBytes adds the tokens of a character's bytes, if it has them all.
func (b *bpe) addBytes(w *merger, spelling string) bool {
	if b.bytes == nil {
		return false
	}
	for i := range len(spelling) {
		if b.bytes[spelling[i]] < 0 {
			return false
		}
	}
	for i := range len(spelling) {
		w.add(b.bytes[spelling[i]])
	}
	return true
}

// add appends a symbol.
func (w *merger) add(id int32) {
	n := int32(len(w.symbols))
	w.symbols = append(w.symbols, symbol{id, n - 1, n + 1, never})
}

// next returns the merge of a symbol with its right neighbour.
func (w *merger) next(b *bpe, left int32) (merge, bool) {
	if left < 0 || int(w.symbols[left].next) >= len(w.symbols) {
		return merge{}, false
	}
	m, ok := b.merges[[2]int32{w.symbols[left].id, w.symbols[w.symbols[left].next].id}]
	return m, ok
}

// join makes one symbol, a token id, of two neighbours.
func (w *merger) join(left, id int32) {
	l := &w.symbols[left]
	right := l.next
	l.id, l.next = id, w.symbols[right].next
	w.symbols[right].id = -1
	if int(l.next) < len(w.symbols) {
		w.symbols[l.next].prev = left
	}
}

// search merges the symbols of a short piece: it looks for the lowest rank until there is none.
func (w *merger) search(b *bpe) {
	rank := func(at int32) {
		if at < 0 {
			return
		}
		w.symbols[at].rank = never
		if m, ok := w.next(b, at); ok {
			w.symbols[at].rank = m.rank
		}
	}
	for i := range w.symbols {
		rank(int32(i))
	}
	for {
		best, lowest := int32(-1), int32(never)
		for at := int32(0); int(at) < len(w.symbols); at = w.symbols[at].next {
			if w.symbols[at].rank < lowest {
				best, lowest = at, w.symbols[at].rank
			}
		}
		if best < 0 {
			return
		}
		m, _ := w.next(b, best)
		w.join(best, m.id)
		rank(w.symbols[best].prev)
		rank(best)
	}
}

// drain merges the symbols of a long piece: all merges that are possible wait in a heap.
func (w *merger) drain(b *bpe) {
	w.queue = w.queue[:0]
	propose := func(left int32) {
		if m, ok := w.next(b, left); ok {
			w.queue.push(candidate{m.rank, left, m.id})
		}
	}
	for i := range w.symbols {
		propose(int32(i))
	}
	for len(w.queue) > 0 {
		c := w.queue.pop()
		if w.symbols[c.left].id < 0 {
			continue
		}
		if m, ok := w.next(b, c.left); !ok || m.rank != c.rank { // an earlier merge has taken one of the two
			continue
		}
		w.join(c.left, c.id)
		propose(w.symbols[c.left].prev)
		propose(c.left)
	}
}

// candidate is a merge at a position.
type candidate struct{ rank, left, id int32 }

// before orders candidates by rank, then from left to right.
func (c candidate) before(other candidate) bool {
	return c.rank < other.rank || c.rank == other.rank && c.left < other.left
}

// queue is a heap of candidates. It is written out because container/heap allocates each of them.
type queue []candidate

func (q *queue) push(c candidate) {
	h := append(*q, c)
	i := len(h) - 1
	for i > 0 && c.before(h[(i-1)/2]) {
		h[i] = h[(i-1)/2]
		i = (i - 1) / 2
	}
	h[i] = c
	*q = h
}

func (q *queue) pop() candidate {
	h := *q
	top, last := h[0], h[len(h)-1]
	h = h[:len(h)-1]
	*q = h
	if len(h) == 0 {
		return top
	}
	i := 0
	for {
		child := 2*i + 1
		if child >= len(h) {
			break
		}
		if child+1 < len(h) && h[child+1].before(h[child]) {
			child++
		}
		if !h[child].before(last) {
			break
		}
		h[i] = h[child]
		i = child
	}
	h[i] = last
	return top
}

// newBPE reads the model. Tokens for which special is true are out of reach of text.
func newBPE(f *tokenizerBPE, special func(id int32) bool) (*bpe, error) {
	b := &bpe{tokens: make(map[string]int32, len(f.Vocab)), unknown: -1, fuse: f.FuseUnknown, wholeFirst: f.IgnoreMerges}
	for spelling, id := range f.Vocab {
		if !special(id) {
			b.tokens[spelling] = id
		}
	}
	b.index()
	if id, ok := f.Vocab[f.Unknown]; ok && f.Unknown != "" {
		b.unknown = id
	}
	if f.ByteFallback {
		b.bytes = new([256]int32)
		for i := range b.bytes {
			id, ok := f.Vocab[fmt.Sprintf("<0x%02X>", i)]
			if !ok {
				id = -1
			}
			b.bytes[i] = id
		}
	}
	return b, b.addMerges(f)
}

// addMerges enters the merges, of which the first has the lowest rank.
func (b *bpe) addMerges(f *tokenizerBPE) error {
	b.merges = make(map[[2]int32]merge, len(f.Merges))
	for rank, p := range f.Merges {
		left, knownLeft := f.Vocab[p[0]]
		right, knownRight := f.Vocab[p[1]]
		id, known := f.Vocab[p[0]+p[1]]
		if !knownLeft || !knownRight || !known {
			return fmt.Errorf("merges: %q and %q, or what they become, are not in the vocabulary", p[0], p[1])
		}
		if b.has(p[0] + p[1]) {
			b.merges[[2]int32{left, right}] = merge{int32(rank), id}
			b.joints.add(p[0], p[1])
		}
	}
	return nil
}

// has tells whether a spelling is a token.
func (b *bpe) has(spelling string) bool {
	_, ok := b.tokens[spelling]
	return ok
}
