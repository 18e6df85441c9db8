package budget

import "time"

// lastPart is the end of the window, in which slots may be empty: what would begin there could not end.
const lastPart = 10

// use measures how full the slots were until the last part of the window.
type use struct {
	at         time.Time
	live       int
	width      int
	busy, open float64 // slot seconds
}

// note counts the time since it was last called, with what ran since then.
func (u *use) note(now time.Time, r *run) {
	end := r.window.End.Add(-r.window.End.Sub(r.begin) / lastPart)
	if !u.at.IsZero() {
		until := now
		if end.Before(until) {
			until = end
		}
		if d := until.Sub(u.at).Seconds(); d > 0 {
			u.busy += d * float64(min(u.live, u.width))
			u.open += d * float64(u.width)
		}
	}
	u.at, u.live, u.width = now, r.live, r.width
}

// occupancy is the mean share of the slots that were busy.
func (u *use) occupancy() float64 {
	if u.open == 0 {
		return 0
	}
	return u.busy / u.open
}
