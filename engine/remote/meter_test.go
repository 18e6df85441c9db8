package remote

import (
	"math"
	"testing"
	"testing/synctest"
	"time"
)

// TestAStepIsTheTimeOfATokenOfEveryStream has streams that begin together, draw a token each every 100 ms, all at once, and end.
func TestAStepIsTheTimeOfATokenOfEveryStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const streams, tokens, step = 16, 20, 100 * time.Millisecond
		var m meter
		time.Sleep(time.Second)
		for i := range tokens {
			for range streams {
				if i == 0 {
					m.begin(time.Now(), time.Second)
				}
				m.draw(1, 10+i, i == 0)
			}
			if i < tokens-1 {
				time.Sleep(step)
			}
		}
		for range streams {
			m.end(time.Now())
		}
		time.Sleep(time.Minute) // in which nothing is drawn
		s := m.stats()
		if math.Abs(s.Busy.Seconds()/m.steps-step.Seconds()) > 1e-9 || s.Steps != tokens-1 && s.Steps != tokens-2 || s.Rows != streams*(tokens-1) {
			t.Errorf("%+v, %v steps", s, m.steps)
		}
		if s.Drawn != streams*tokens || s.Running != 0 || s.Delay != time.Second {
			t.Errorf("%+v", s)
		}
	})
}

func TestADelayRisesQuicklyAndFallsSlowly(t *testing.T) {
	var m meter
	for _, tt := range []struct{ measured, want time.Duration }{{1600, 1600}, {0, 1500}, {2500, 2000}} {
		m.begin(time.Now(), tt.measured)
		if m.delay != tt.want {
			t.Errorf("%d after %d, want %d", m.delay, tt.measured, tt.want)
		}
	}
}
