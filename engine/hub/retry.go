package hub

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

const (
	mostFailures = 5 // in a row, without progress between them
	firstPause   = time.Second
	longestPause = 5 * time.Minute // that a server may ask for
)

// retry makes tries until one succeeds, fails for good, or too many in a row got nowhere. It says what it waits for.
func (c *Client) retry(ctx context.Context, say func(string), doing string, try func() (progress bool, err error)) error {
	for failures := 0; ; {
		progress, err := try()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		passing := passingError{}
		if err == nil || !errors.As(err, &passing) || errors.As(err, new(*tls.CertificateVerificationError)) {
			return err
		}
		if progress {
			failures = 0
		}
		failures++
		if failures == mostFailures {
			return err
		}
		if passing.after > longestPause {
			return fmt.Errorf("%w, and wants to be left alone for %v; try again then", err, passing.after.Round(time.Second))
		}
		pause := max(passing.after, backoff(failures))
		say(fmt.Sprintf("%s: %v; trying again in %v", doing, err, pause.Round(100*time.Millisecond)))
		if err := c.wait(ctx, pause); err != nil {
			return err
		}
	}
}

// backoff doubles with each failure. Chance keeps clients apart that failed together.
func backoff(failures int) time.Duration {
	pause := firstPause << (failures - 1)
	return pause/2 + rand.N(pause/2)
}
