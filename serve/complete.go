package serve

import (
	"context"
	"errors"
	"math/rand/v2"

	"caucus/budget"
	"caucus/engine"
)

// listener is told of an order's choices as they come. An error ends the order.
type listener interface {
	part(index int, text string, probs []token) error
	end(index int, text string, probs []token, finish string) error
	done(*usage) error
}

// complete draws the samples of an order and tells of them.
func (s *Server) complete(ctx context.Context, o *order, l listener) *failure {
	mine, fail := s.desk.open(o.n)
	if fail != nil {
		return fail
	}
	defer mine.Close()
	prompt, err := s.opt.Model.Open(o.prompt)
	if err != nil {
		return badRequest("%v", err)
	}
	defer s.opt.Model.ClosePrompt(prompt.ID)
	tellers := make([]teller, o.n)
	for i, seed := range o.seeds() {
		tellers[i] = teller{decode: s.opt.Model.Decoder(), stops: o.params.Stop}
		r := engine.Request{ID: uint64(i), Prompt: prompt.ID, Seed: seed, Params: o.params}
		if o.stream || o.logProbs {
			r.Watch = func(engine.Drawn) {} // so that the desk keeps what is drawn
		}
		if err := mine.Start(r); err != nil {
			return badRequest("%v", err)
		}
	}
	drawn := 0
	for left := o.n; left > 0; {
		pieces, ended := mine.take()
		if err := tell(o, tellers, pieces, l); err != nil {
			return errGone
		}
		for _, e := range ended {
			if fail := s.ended(e); fail != nil {
				return fail
			}
			drawn += e.Tokens
			text, probs := tellers[e.ID].end(e)
			if err := l.end(int(e.ID), text, probs, finishOf(e.Status)); err != nil {
				return errGone
			}
		}
		if left -= len(ended); left == 0 {
			break
		}
		select {
		case <-mine.ready:
		case <-ctx.Done():
			return why(ctx)
		}
	}
	s.metrics.tokens(prompt.Tokens, drawn)
	if err := l.done(usageOf(prompt.Tokens, drawn)); err != nil {
		return errGone
	}
	return nil
}

// tell passes on what has been drawn, the pieces of each choice together.
func tell(o *order, tellers []teller, pieces []piece, l listener) error {
	for _, p := range pieces {
		tellers[p.id].draw(p.Drawn)
	}
	if !o.stream {
		return nil
	}
	for _, p := range pieces {
		text, probs := tellers[p.id].tell()
		if text == "" {
			continue // told with another piece, or held back
		}
		if err := l.part(int(p.id), text, probs); err != nil {
			return err
		}
	}
	return nil
}

// ended is the failure of a sample, if it is one.
func (s *Server) ended(e engine.Event) *failure {
	s.metrics.ended(e.Status)
	switch {
	case e.Status == engine.Cancelled:
		return errLate
	case e.Err != nil:
		return &failure{status: 500, kind: "server_error", message: e.Err.Error()}
	}
	return nil
}

// errGone is the failure of a request whose client has gone. Nobody reads it.
var errGone = &failure{status: 499, kind: "client_closed", message: "the client has gone"}

// why is the failure of a request whose context has ended.
func why(ctx context.Context) *failure {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return errLate
	}
	if errors.Is(context.Cause(ctx), errEnding) {
		return errDraining
	}
	return errGone
}

var errEnding = errors.New("the server ends")

// seeds are those of the choices. The first is the order's own.
func (o *order) seeds() []uint64 {
	seeds := make([]uint64, o.n)
	first := rand.Uint64()
	if o.seed != nil {
		first = *o.seed
	}
	seeds[0] = first
	for i := 1; i < o.n; i++ {
		seeds[i] = budget.Seed(first, "choice", i)
	}
	return seeds
}
