package token

import (
	"hash/maphash"
	"slices"
	"strings"
	"sync/atomic"
)

// recent remembers the tokens of short pieces, since the same words come again and again. Each piece has one place, which it
// loses to the next one that has the same. Many goroutines use it at once.
type recent struct {
	places [1 << 12]atomic.Pointer[encoded]
}

// encoded is a piece and its tokens.
type encoded struct {
	piece string
	ids   []int32
}

// maxRecent is the longest piece that is remembered, in bytes.
const maxRecent = 48

var seed = maphash.MakeSeed()

// get returns the tokens of a piece, if they are remembered.
func (r *recent) get(piece string) ([]int32, bool) {
	if len(piece) > maxRecent {
		return nil, false
	}
	if e := r.place(piece).Load(); e != nil && e.piece == piece {
		return e.ids, true
	}
	return nil, false
}

// put remembers the tokens of a piece.
func (r *recent) put(piece string, ids []int32) {
	if len(piece) <= maxRecent {
		r.place(piece).Store(&encoded{strings.Clone(piece), slices.Clone(ids)})
	}
}

func (r *recent) place(piece string) *atomic.Pointer[encoded] {
	return &r.places[maphash.String(seed, piece)%uint64(len(r.places))]
}
