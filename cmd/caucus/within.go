package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/urfave/cli/v2"
)

// within returns what f returns, unless ctx ends first: then it says what was being done, and leaves f behind, since the
// program is about to end.
func within[T any](ctx context.Context, doing string, f func() (T, error)) (T, error) {
	return withinOr(ctx, doing, f, nil)
}

// soonEnough is how long after its time a step is waited for that would leave files half made. It is of the 50 ms by which an
// answer may be late.
const soonEnough = 30 * time.Millisecond

// withinOr is within for an f that makes files: if it comes late, but soon, undo puts away what it has made.
func withinOr[T any](ctx context.Context, doing string, f func() (T, error), undo func(T, error)) (T, error) {
	type outcome struct {
		value T
		err   error
	}
	done := make(chan outcome, 1)
	go func() {
		value, err := f()
		done <- outcome{value, err}
	}()
	select {
	case o := <-done:
		return o.value, o.err
	case <-ctx.Done():
	}
	if undo != nil {
		select {
		case o := <-done:
			undo(o.value, o.err)
		case <-time.After(soonEnough):
		}
	}
	var none T
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return none, cli.Exit(fmt.Sprintf("the window closed while %s; a longer --budget may help", doing), exitNoAnswer)
	}
	return none, fmt.Errorf("interrupted while %s", doing)
}
