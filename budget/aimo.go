package budget

import "time"

// The time rules of two AIMO winners, who saw 50 problems one after the other in five hours: 360 seconds for each, which is
// what their numbers are divided by here. Both stop a problem when an answer has four votes.
const (
	aimoVotes   = 4
	bankSamples = 16
	clipSamples = 8
)

// bank is the rule of the first place of AIMO 2 (NemoSkills): each problem has 350 s, and what it does not use goes to a
// bank, from which a later one may draw up to 210 s.
type bank struct {
	firstTo
}

const (
	bankBase = 350.0 / 360
	bankDraw = 210.0 / 360
)

func (b bank) Allot(v View, problem int) (own, others time.Duration) {
	share := fairShare(v)
	base := time.Duration(bankBase * float64(share))
	saved := time.Duration(begun(v))*base - v.Elapsed
	draw := min(max(saved, 0), time.Duration(bankDraw*float64(share)))
	return base + draw, base
}

// clip is the rule of many notebooks of AIMO 3: a problem has what is left after 300 s for each of the others, but no
// less than those and at most 900 s.
type clip struct {
	firstTo
}

const (
	clipLeast = 300.0 / 360
	clipMost  = 900.0 / 360
)

func (c clip) Allot(v View, problem int) (own, others time.Duration) {
	share := fairShare(v)
	least, most := time.Duration(clipLeast*float64(share)), time.Duration(clipMost*float64(share))
	hidden := v.Total - begun(v) - 1
	return min(max(v.Left-time.Duration(hidden)*least, least), most), least
}

// fairShare is an equal part of the time for sampling.
func fairShare(v View) time.Duration {
	return (v.Elapsed + v.Left) / time.Duration(v.Total)
}

// begun is how many problems have begun.
func begun(v View) int {
	n := 0
	for _, s := range v.Problems {
		if s.Started > 0 {
			n++
		}
	}
	return n
}
