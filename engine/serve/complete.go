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
	vote(*tally)
	done(*usage) error
}

// complete draws the samples of an order and tells of them.
func (s *Server) complete(ctx context.Context, o *order, l listener) *failure {
	ctx, cancel := context.WithTimeout(ctx, s.opt.Timeout)
	defer cancel()
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
	for i, seed := range o.seeds() {
		r := engine.Request{ID: uint64(i), Prompt: prompt.ID, Seed: seed, Params: o.params}
		if o.stream || o.logProbs {
			r.Watch = func(engine.Drawn) {} // so that the desk keeps what is drawn
		}
		if err := mine.Start(r); err != nil {
			return badRequest("%v", err)
		}
	}
	drawn, fail := s.follow(ctx, o, mine, l)
	if fail != nil {
		return fail
	}
	s.metrics.tokens(prompt.Tokens, drawn)
	if err := l.done(usageOf(prompt.Tokens, drawn)); err != nil {
		return errGone
	}
	return nil
}

// follow tells of the samples of an order until all have ended, and returns how many tokens they drew.
func (s *Server) follow(ctx context.Context, o *order, mine *share, l listener) (drawn int, fail *failure) {
	tellers := make([]teller, o.n)
	for i := range tellers {
		tellers[i] = teller{decode: s.opt.Model.Decoder(), stops: o.params.Stop}
	}
	for left := o.n; left > 0; {
		pieces, ended := mine.take()
		if err := tell(o, tellers, pieces, l); err != nil {
			return drawn, errGone
		}
		for _, e := range ended {
			if fail := s.ended(e); fail != nil {
				return drawn, fail
			}
			drawn += e.Tokens
			text, probs := tellers[e.ID].end(e)
			if err := l.end(int(e.ID), text, probs, finishOf(e.Status)); err != nil {
				return drawn, errGone
			}
		}
		if left -= len(ended); left == 0 {
			break
		}
		select {
		case <-mine.ready:
		case <-ctx.Done():
			return drawn, why(ctx)
		}
	}
	return drawn, nil
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
