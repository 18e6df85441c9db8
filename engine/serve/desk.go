package serve

import (
	"sync"
	"sync/atomic"

	"github.com/sourcegraph/conc"

	"caucus/engine"
	"caucus/engine/sampling"
)

// A desk shares an engine among requests: it hands events to whoever started the sample, and bounds how many there are.
type desk struct {
	engine sampling.Engine
	most   int
	lastID atomic.Uint64

	mu      sync.Mutex
	samples map[uint64]*share // who started them
	taken   int               // of most
	closed  bool
}

func newDesk(e sampling.Engine, most int) *desk {
	return &desk{engine: e, most: most, samples: make(map[uint64]*share)}
}

// sort hands out events until the engine closes.
func (d *desk) sort() {
	for e := range d.engine.Events() {
		d.mu.Lock()
		owner := d.samples[e.ID]
		delete(d.samples, e.ID)
		d.mu.Unlock()
		if owner != nil {
			owner.put(e)
		}
	}
}

// close takes no more requests.
func (d *desk) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
}

// isClosed reports whether it takes no more.
func (d *desk) isClosed() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.closed
}

// open returns a share of the engine for so many samples at once, or an error that says why there is none.
func (d *desk) open(samples int) (*share, *failure) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.closed:
		return nil, errDraining
	case d.taken+samples > d.most:
		return nil, errBusy
	}
	d.taken += samples
	return &share{
		desk: d, most: samples, own: make(map[uint64]uint64), theirs: make(map[uint64]uint64), ready: make(chan struct{}, 1),
		done: make(chan struct{}), events: make(chan engine.Event),
	}, nil
}

// A share is an engine as one request has it, with IDs of its own.
type share struct {
	desk *desk
	most int

	mu     sync.Mutex
	own    map[uint64]uint64 // the request's IDs by the engine's
	theirs map[uint64]uint64 // and back, of samples that have not ended
	ended  []engine.Event    // that nobody has taken
	drawn  []piece           // of samples that are watched
	ready  chan struct{}     // holds a token while there may be either

	events     chan engine.Event
	done       chan struct{}
	deliverers conc.WaitGroup // one, if anybody wants events
	forward    sync.Once
	once       sync.Once
}

// A piece is a token of a sample.
type piece struct {
	id uint64
	engine.Drawn
}

var _ sampling.Engine = (*share)(nil)

// Start begins a sample. It is watched if the request has a Watch, which is not called: pieces are for take.
func (s *share) Start(r engine.Request) error {
	id := s.desk.lastID.Add(1)
	s.mu.Lock()
	s.own[id], s.theirs[r.ID] = r.ID, id
	s.mu.Unlock()
	if own := r.ID; r.Watch != nil {
		r.Watch = func(d engine.Drawn) { s.draw(piece{own, d}) }
	}
	s.desk.mu.Lock()
	s.desk.samples[id] = s
	s.desk.mu.Unlock()
	own := r.ID
	r.ID = id
	err := s.desk.engine.Start(r)
	if err != nil {
		s.desk.mu.Lock()
		delete(s.desk.samples, id)
		s.desk.mu.Unlock()
		s.mu.Lock()
		delete(s.own, id)
		delete(s.theirs, own)
		s.mu.Unlock()
	}
	return err
}

// Cancel ends samples.
func (s *share) Cancel(ids ...uint64) { s.desk.engine.Cancel(s.idsOf(ids)...) }

// Land makes samples answer.
func (s *share) Land(ids ...uint64) { s.desk.engine.Land(s.idsOf(ids)...) }

func (s *share) idsOf(ids []uint64) []uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	var theirs []uint64
	for _, id := range ids {
		if at, runs := s.theirs[id]; runs {
			theirs = append(theirs, at)
		}
	}
	return theirs
}

func (s *share) put(e engine.Event) {
	s.mu.Lock()
	own := s.own[e.ID]
	delete(s.own, e.ID)
	delete(s.theirs, own)
	e.ID = own
	s.ended = append(s.ended, e)
	s.mu.Unlock()
	s.signal()
}

func (s *share) draw(p piece) {
	s.mu.Lock()
	s.drawn = append(s.drawn, p)
	s.mu.Unlock()
	s.signal()
}

func (s *share) signal() {
	select {
	case s.ready <- struct{}{}:
	default:
	}
}

// take returns what has come since the last call, without waiting. The pieces of a sample are before its end.
func (s *share) take() ([]piece, []engine.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	drawn, ended := s.drawn, s.ended
	s.drawn, s.ended = nil, nil
	return drawn, ended
}

// Events is for those that want the ends of samples alone.
func (s *share) Events() <-chan engine.Event {
	s.forward.Do(func() { s.deliverers.Go(s.deliver) })
	return s.events
}

// deliver hands out ends until Close.
func (s *share) deliver() {
	for {
		_, ended := s.take()
		for _, e := range ended {
			select {
			case s.events <- e:
			case <-s.done:
				return
			}
		}
		select {
		case <-s.ready:
		case <-s.done:
			return
		}
	}
}

// Slots is how many samples it may run at once.
func (s *share) Slots() int { return s.most }

// Stats are those of the whole engine.
func (s *share) Stats() engine.Stats { return s.desk.engine.Stats() }

// Close cancels what still runs and gives the share back. Its room is free at once: cancelled samples leave within a step.
func (s *share) Close() {
	s.once.Do(func() {
		s.mu.Lock()
		var left []uint64
		for _, id := range s.theirs {
			left = append(left, id)
		}
		s.mu.Unlock()
		s.desk.engine.Cancel(left...)
		close(s.done)
		s.deliverers.Wait()
		s.desk.mu.Lock()
		s.desk.taken -= s.most
		s.desk.mu.Unlock()
	})
}
