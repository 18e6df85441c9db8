package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"caucus/budget"
	"caucus/problems"
)

// What bounds a recording, in windows of the longest kind and in time: what is not recorded by then is not missed.
const (
	recordingWindows = 10
	recordingLeast   = time.Minute
)

// record makes sure that there is a ledger to play: the argument, or one of its problems' samples.
func (s *sweep) record() error {
	if s.file != "" && s.file != "-" {
		ready, err := isLedger(s.file)
		if err != nil {
			return err
		}
		if ready {
			s.path = s.file
			if s.c.IsSet("ledger") {
				return usagef("--ledger is for the recording of a problem file; %s is one already", s.file)
			}
			return errors.Join(noChoice(s.c), s.noDrawing())
		}
	}
	if s.path = s.c.String("ledger"); s.path == "" {
		if err := s.choosePath(); err != nil {
			return err
		}
	}
	book, err := within(s.c.Context, "opening "+s.path, func() (*book, error) { return openBook(s.c, s.path) })
	if err != nil {
		return err
	}
	return s.fill(book)
}

// noDrawing refuses flags that say how samples are drawn, where none are: of a ledger only a part may be played, as --slots,
// --samples and --seed say.
func (s *sweep) noDrawing() error {
	if s.c.Bool("live") {
		return nil
	}
	for _, f := range slices.Concat(sourceFlags(), samplingFlags()) {
		if name := f.Names()[0]; given(s.c, name) && !slices.Contains([]string{"slots", "samples", "seed"}, name) {
			return usagef("--%s is for drawing samples, and %s has them already", name, s.file)
		}
	}
	return nil
}

// isLedger tells a ledger from a problem file.
func isLedger(path string) (bool, error) {
	const magic = "SQLite format 3\x00"
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return false, nil // what is wrong with it is for its reader to say; a pipe can be read once
	}
	file, err := os.Open(path)
	if err != nil {
		return false, fmt.Errorf("open %s: %w", path, err)
	}
	defer func() { _ = file.Close() }() // nothing was written: closing cannot lose data
	head := make([]byte, len(magic))
	if _, err := io.ReadFull(file, head); err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return false, fmt.Errorf("read %s: %w", path, err)
	}
	return bytes.Equal(head, []byte(magic)), nil
}

// choosePath finds a place for a recording that nobody keeps.
func (s *sweep) choosePath() error {
	file, err := os.CreateTemp("", "caucus-*.db")
	if err != nil {
		return fmt.Errorf("record the samples: %w; --ledger FILE names a place for them", err)
	}
	s.path, s.temporary = file.Name(), true
	return file.Close()
}

// forget removes a recording that nobody keeps.
func (s *sweep) forget() {
	if s.temporary {
		_ = os.Remove(s.path) // it lies where things are thrown away anyway
	}
}

// judged reads the problems, of which at least two must have a reference answer.
func (s *sweep) judged(book *book) ([]problems.Problem, error) {
	list, _, err := problemsFor(s.c.Context, s.c, book)
	if err != nil {
		return nil, err
	}
	s.ids = make(map[string]bool, len(list))
	n := 0
	for _, p := range list {
		s.ids[p.ID] = true
		if p.Answer != "" {
			n++
		}
	}
	if n < 2 {
		return nil, fmt.Errorf("%d of %d problems have a reference answer; a sweep needs two or more to judge by", n, len(list))
	}
	return list, nil
}

// fill records samples of all problems, and landings.
func (s *sweep) fill(book *book) error {
	list, err := s.judged(book)
	if err == nil {
		s.source, err = openSource(s.c)
	}
	if err != nil {
		return errors.Join(err, book.close(nil, err))
	}
	start := opened(s.c) // as in a window of batch
	s.loading = time.Since(start)
	longest := max(recordingWindows*s.windows[len(s.windows)-1], recordingLeast)
	policy, err := budget.ParsePolicy("uniform", s.c.Int("samples"))
	if err != nil {
		return errors.Join(err, book.close(nil, err))
	}
	watch := &observers{c: s.c, list: list, book: book, done: make(chan error, 1)}
	run, err := spend(s.c, s.source, spending{
		window: budget.Window{Start: start, End: start.Add(longest)}, list: list, seed: s.c.Uint64("seed"), policy: policy, named: "uniform",
		landedWeight: 1, delta: defaultDelta, watch: watch,
	})
	if run == nil {
		return errors.Join(err, watch.end(nil, err))
	}
	run.sampler.Close()
	keepProfile(s.c, s.source, run.Profile)
	err = errors.Join(err, <-watch.done)
	if err == nil && !run.Interrupted {
		err = s.probe(book, list, run)
	}
	err = errors.Join(err, watch.end(run, err))
	if err == nil && run.Interrupted {
		err = s.brokenOff()
	}
	return err
}

// brokenOff says what became of a recording that the user has ended.
func (s *sweep) brokenOff() error {
	if s.temporary {
		return fmt.Errorf("record the samples: %w; with --ledger FILE a recording goes on where it was", errInterrupted)
	}
	return fmt.Errorf("record the samples: %w; the same command goes on with %s", errInterrupted, s.path)
}
