//go:build cuda

package cuda

import "gorgonia.org/cu"

// stream is a queue of the GPU's: what is put into it runs in its order, and the host does not wait.
type stream struct {
	device *device
	cu     cu.Stream
	last   string // the kernel or graph that was launched last, for errors that show only later
}

func (d *device) newStream() (*stream, error) {
	s := &stream{device: d}
	err := d.inContext(func() (err error) {
		s.cu, err = cu.MakeStream(cu.DefaultStream)
		return err
	})
	if err != nil {
		return nil, d.failed("cuStreamCreate", err)
	}
	return s, nil
}

func (s *stream) close() error {
	if err := s.device.inContext(s.cu.Destroy); err != nil {
		return s.failed("cuStreamDestroy", err)
	}
	return nil
}

// failed names the last launch as well: a fault of a kernel shows at a later call.
func (s *stream) failed(call string, err error) error {
	if s.last != "" {
		call += " (" + s.last + " was launched last)"
	}
	return s.device.failed(call, err)
}

// fill sets n words of memory.
func (s *stream) fill(to pointer, word uint32, n int) error {
	err := s.device.inContext(func() error { return cu.MemsetD32Async(to, uint(word), int64(n), s.cu) })
	if err != nil {
		return s.failed("cuMemsetD32Async", err)
	}
	return nil
}

// event is a moment of a stream.
type event struct {
	device *device
	cu     cu.Event
}

func (d *device) newEvent() (*event, error) {
	e := &event{device: d}
	err := d.inContext(func() (err error) {
		e.cu, err = cu.MakeEvent(cu.DefaultEvent)
		return err
	})
	if err != nil {
		return nil, d.failed("cuEventCreate", err)
	}
	return e, nil
}

func (e *event) close() error {
	if err := e.device.inContext(func() error { return cu.DestroyEvent(&e.cu) }); err != nil {
		return e.device.failed("cuEventDestroy", err)
	}
	return nil
}

// record notes the time at which the stream comes here.
func (s *stream) record(e *event) error {
	if err := s.device.inContext(func() error { return e.cu.Record(s.cu) }); err != nil {
		return s.failed("cuEventRecord", err)
	}
	return nil
}

// milliseconds is the time from e to a later event; both must have come.
func (e *event) milliseconds(later *event) (float64, error) {
	var ms float64
	err := e.device.inContext(func() (err error) {
		ms, err = e.cu.Elapsed(later.cu)
		return err
	})
	if err != nil {
		return 0, e.device.failed("cuEventElapsedTime", err)
	}
	return ms, nil
}
