package problems

import (
	"errors"
	"fmt"
)

// badRows collects what is wrong with a file, so that a user can mend all of it at once, or hands it on as warnings.
type badRows struct {
	name  string
	warn  func(error) // nil to make it an error
	errs  []error     // of the first ones
	count int
}

const maxListed = 10

func (b *badRows) add(line int, err error) {
	b.count++
	if b.count > maxListed {
		return
	}
	b.errs = append(b.errs, fmt.Errorf("%s:%d: %w", b.name, line, err))
	if b.warn != nil {
		b.warn(b.errs[b.count-1])
	}
}

// err ends the list, and returns it unless it went to warn.
func (b *badRows) err() error {
	if more := b.count - maxListed; more > 0 {
		rest := fmt.Errorf("%s: and %d more bad rows", b.name, more)
		b.errs = append(b.errs, rest)
		if b.warn != nil {
			b.warn(rest)
		}
	}
	if b.warn != nil {
		return nil
	}
	return errors.Join(b.errs...)
}
