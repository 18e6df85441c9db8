package remote

import (
	"context"
	"slices"
	"time"
)

// open makes a request, and leaves the sample at the server whose stream it is: its own, or, where that has brought nothing for
// a while and another one has room, the one that begins first. The other request is withdrawn.
func (s *sample) open(ctx context.Context, st *stream) (*opening, error) {
	if s.e.opt.Hedge == 0 {
		o := newOpening(ctx, s.e, s.at)
		if err := o.begin(st); err != nil {
			o.close()
			return nil, err
		}
		return o, nil
	}
	h := &hedge{sample: s, stream: st, ctx: ctx, tries: make(chan try), over: make(chan struct{})}
	defer h.end()
	return h.race()
}

// A hedge is a request that two servers may be asked for (Dean and Barroso, The Tail at Scale, 2013). A goroutine waits for
// each; the sample's own alone takes places and gives them back.
type hedge struct {
	*sample
	stream *stream
	ctx    context.Context
	spare  *place     // that is asked, too; nil if none is
	failed int        // tries
	asked  []*opening // of which nothing has been heard
	tries  chan try
	over   chan struct{}
}

// A try is what an opening has come to.
type try struct {
	*opening
	err error
}

// race waits for the first stream. An error is that of the sample's server when no other is left, or one that would be the
// same anywhere.
func (h *hedge) race() (*opening, error) {
	h.ask(h.at)
	patience := time.NewTimer(h.e.opt.Hedge)
	defer patience.Stop()
	for {
		select {
		case <-h.ctx.Done():
			return nil, h.ctx.Err()
		case <-patience.C:
			if !h.askAnother() {
				patience.Reset(h.e.opt.Hedge)
			}
		case t := <-h.tries:
			h.asked = slices.DeleteFunc(h.asked, func(o *opening) bool { return o == t.opening })
			if t.err == nil {
				h.win(t)
				return t.opening, nil
			}
			t.close()
			if h.ctx.Err() != nil {
				return nil, h.ctx.Err()
			}
			if isFinal(t.err) {
				h.stay(t.at)
			}
			if h.spare == nil {
				return nil, t.err
			}
			h.drop(t)
			patience.Reset(h.e.opt.Hedge + backoff(h.failed))
		}
	}
}

// ask asks a server.
func (h *hedge) ask(at *place) {
	o := newOpening(h.ctx, h.e, at)
	h.asked = append(h.asked, o)
	h.e.goroutines.Go(func() {
		err := o.begin(h.stream)
		select {
		case h.tries <- try{o, err}:
		case <-h.over:
			o.close()
		}
	})
}

// askAnother asks a second server, if one has room.
func (h *hedge) askAnother() bool {
	if h.spare = h.e.pool.elsewhere(h.at); h.spare != nil {
		h.ask(h.spare)
	}
	return h.spare != nil
}

// win gives the sample to the server whose stream has begun. That one asked earlier has not is a failure of that: such a server
// would have the next sample, too, since it has so few.
func (h *hedge) win(t try) {
	if t.at == h.spare {
		h.e.pool.failed(h.at, errTardy)
	}
	h.stay(t.at)
}

// drop goes on without the one of two servers that has failed.
func (h *hedge) drop(t try) {
	h.failed++
	h.e.pool.failed(t.at, t.err)
	if t.at == h.at {
		h.stay(h.spare)
	} else {
		h.stay(h.at)
	}
}

// stay makes a server the sample's, and gives back the place on the other one.
func (h *hedge) stay(at *place) {
	if at == h.spare {
		h.at.extra, at.extra = true, false
		h.leave()
		h.at = at
	} else if h.spare != nil {
		h.e.pool.leave(h.spare, 0)
	}
	h.spare = nil
}

// end withdraws what is not needed any more.
func (h *hedge) end() {
	close(h.over)
	for _, o := range h.asked {
		o.cancel(nil)
	}
	h.stay(h.at)
}
