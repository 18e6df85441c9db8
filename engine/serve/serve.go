// Package serve answers OpenAI's interface with an engine of this program, here or on further servers.
//
//	s := serve.New(serve.Options{Engine: e, Model: m, Name: "M1-3B", Queue: 256})
//	err := s.Run(ctx, listener)
//
// It knows /v1/chat/completions and /v1/completions, whole or as streams, /v1/models, /health and /metrics. With the fields
// budget_s and votes a request is answered by a vote: samples are drawn until the time is over or nothing is left to find out,
// and the reply is the answer that they elect, with their tally.
//
// The rules:
//
//   - Whatever a request asks for is done, or refused with an error that names it. Nothing is left out in silence.
//   - Every resource has a bound, and whoever exceeds it gets a status of HTTP that says so: bytes of a request, samples that
//     wait, seconds that a request may take, seconds that a client may take to send or to read.
//   - A client that goes away takes its samples with it.
//   - When Run is told to end, it takes no more requests and lets those that it has come to theirs, for a while.
package serve

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"time"

	"github.com/sourcegraph/conc"

	"caucus/engine"
	"caucus/engine/remote"
	"caucus/engine/sampling"
)

// Model makes prompts for the engine, and text of what it draws.
type Model interface {
	// Open makes a prompt. The error is for what cannot be asked.
	Open(remote.Prompt) (sampling.Prompt, error)
	ClosePrompt(engine.PromptID)
	// Decoder returns what makes text of the tokens of one sample, one after the other; a text may lag behind.
	Decoder() func(engine.Drawn) string
}

// Options say what is served. A zero field means its default, where one is named.
type Options struct {
	Engine sampling.Engine
	Model  Model
	Name   string           // of the model
	About  remote.Extension // what is told of it, and what it does when a request does not say
	Token  string           // that requests must have; "" is for all

	MaxBody int64         // bytes of a request (1 MiB)
	Queue   int           // samples that may wait for a slot; without one, those that find no slot are refused
	Timeout time.Duration // of a request, from its arrival (5 minutes)
	Drain   time.Duration // that requests have when Run is told to end (30 seconds)
	Log     *log.Logger   // of what goes wrong in connections (none)

	patience time.Duration // with clients that send or read slowly; in tests
}

func (o Options) withDefaults() Options {
	o.MaxBody = cmp.Or(o.MaxBody, 1<<20)
	o.Timeout = cmp.Or(o.Timeout, 5*time.Minute)
	o.Drain = cmp.Or(o.Drain, 30*time.Second)
	o.patience = cmp.Or(o.patience, 10*time.Second)
	return o
}

// most is how many samples there can be at once, those that wait among them.
func (o *Options) most() int { return o.Engine.Slots() + o.Queue }

// Server is made by New. Its engine serves nobody else.
type Server struct {
	opt        Options
	desk       *desk
	metrics    metrics
	goroutines conc.WaitGroup
	begun      time.Time

	requests context.Context // ends when those that are being answered must
	stop     context.CancelCauseFunc
}

// New makes a server and begins to read the engine's events.
func New(o Options) *Server {
	s := &Server{opt: o.withDefaults(), begun: time.Now()}
	s.desk = newDesk(s.opt.Engine, s.opt.most())
	s.requests, s.stop = context.WithCancelCause(context.Background())
	s.goroutines.Go(s.desk.sort)
	return s
}

// Run answers requests until ctx ends, and those that it has then until they are done or Drain is over.
func (s *Server) Run(ctx context.Context, l net.Listener) error {
	h := &http.Server{
		Handler: s.Handler(), ErrorLog: s.opt.Log, MaxHeaderBytes: 32 << 10,
		ReadHeaderTimeout: s.opt.patience, ReadTimeout: 3 * s.opt.patience, IdleTimeout: time.Minute,
		BaseContext: func(net.Listener) context.Context { return s.requests },
		ConnContext: inParts,
	}
	failed := make(chan error, 1)
	var serving conc.WaitGroup
	defer serving.Wait()
	serving.Go(func() { failed <- h.Serve(l) })
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	s.desk.close()
	drained, cancel := context.WithTimeout(context.Background(), s.opt.Drain)
	defer cancel()
	err := h.Shutdown(drained)
	if errors.Is(err, context.DeadlineExceeded) {
		s.stop(errEnding)
		last, cancel := context.WithTimeout(context.Background(), time.Second) // to say so
		defer cancel()
		if h.Shutdown(last) != nil {
			_ = h.Close() // there is nothing left to say
		}
		return fmt.Errorf("serve: requests were broken off that took longer than %v to end", s.opt.Drain)
	}
	return err
}

// Close ends what still runs, and the engine.
func (s *Server) Close() {
	s.stop(errEnding)
	s.opt.Engine.Close()
	s.goroutines.Wait()
}
