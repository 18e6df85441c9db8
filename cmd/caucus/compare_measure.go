package main

import (
	"fmt"
	"math"

	"caucus/voting"
)

// A comparison of two runs.
type comparison struct {
	A        string     `json:"a"`
	B        string     `json:"b"`
	Problems int        `json:"problems"`
	OnlyA    int        `json:"only_a_right"`
	OnlyB    int        `json:"only_b_right"`
	SignTest float64    `json:"sign_test_p"` // voting.SignTest of these two
	Measures []measured `json:"measures"`
	Verdict  string     `json:"verdict"`
}

// measured is one thing that both runs have.
type measured struct {
	Name string  `json:"name"`
	A    float64 `json:"a"`
	B    float64 `json:"b"`
	Gain float64 `json:"difference"`
	Low  float64 `json:"difference_low"`
	High float64 `json:"difference_high"`
}

// compareRuns compares the answers, and, if samples says so, single samples and majorities of as many as both have twice.
func compareRuns(pairs [][2]comparedProblem, samples bool, seed uint64) (*comparison, error) {
	x := &comparison{Problems: len(pairs)}
	least := math.MaxInt
	for _, p := range pairs {
		a, b := rightly(p[0]), rightly(p[1])
		switch {
		case a > b:
			x.OnlyA++
		case b > a:
			x.OnlyB++
		}
		least = min(least, p[0].counts.Samples(), p[1].counts.Samples())
	}
	if err := x.add("right", pairs, seed, func(p comparedProblem) (float64, error) { return rightly(p), nil }); err != nil {
		return nil, err
	}
	if samples && least > 0 {
		err := x.add("pass@1", pairs, seed, func(p comparedProblem) (float64, error) {
			return p.counts.PassAtK(1)
		})
		if err != nil {
			return nil, err
		}
	}
	k := 1
	for 4*k <= least {
		k *= 2
	}
	if samples && k > 1 {
		err := x.add(fmt.Sprintf("maj@%d", k), pairs, seed, func(p comparedProblem) (float64, error) {
			return p.counts.MajAtK(k)
		})
		if err != nil {
			return nil, err
		}
	}
	x.SignTest = voting.SignTest(x.OnlyA, x.OnlyB)
	x.Verdict = x.verdict()
	return x, nil
}

// rightly is 1 if the answer is right, and 0 else.
func rightly(p comparedProblem) float64 {
	if isRight(p.Reference, p.result.Answer) {
		return 1
	}
	return 0
}

// add measures both runs on every problem.
func (x *comparison) add(name string, pairs [][2]comparedProblem, seed uint64, of func(comparedProblem) (float64, error)) error {
	values := [2][]float64{make([]float64, len(pairs)), make([]float64, len(pairs))}
	m := measured{Name: name}
	for i, p := range pairs {
		for run := range p {
			var err error
			if values[run][i], err = of(p[run]); err != nil {
				return fmt.Errorf("%s of problem %s: %w", name, p[run].ID, err)
			}
		}
		m.A += values[0][i] / float64(len(pairs))
		m.B += values[1][i] / float64(len(pairs))
	}
	gain, err := voting.PairedDifference(values[1], values[0], level, seed)
	if err != nil {
		return err
	}
	m.Gain, m.Low, m.High = gain.Mean, gain.Low, gain.High
	x.Measures = append(x.Measures, m)
	return nil
}

// verdict says in words what the difference of the answers is worth.
func (x *comparison) verdict() string {
	m := x.Measures[0]
	switch {
	case x.OnlyA+x.OnlyB == 0:
		return "both runs have the same problems right"
	case x.SignTest < 1-level && x.OnlyB > x.OnlyA:
		return fmt.Sprintf("the second run is better (p = %.2g)", x.SignTest)
	case x.SignTest < 1-level:
		return fmt.Sprintf("the first run is better (p = %.2g)", x.SignTest)
	case m.Gain == 0:
		return "not decided: either run is right where the other is not, as often"
	}
	return fmt.Sprintf("not decided (p = %.2g): about %.0f problems would show whether there is a difference of this size", x.SignTest,
		10*math.Ceil(x.enough()/10))
}

// enough is how many problems show a difference such as this four times in five: its standard error goes with one over the
// root of their number, and has to be 2.8 times smaller than the difference.
func (x *comparison) enough() float64 {
	m := x.Measures[0]
	const standardErrors = 2.8 / 1.96
	ratio := standardErrors * (m.High - m.Low) / 2 / m.Gain
	return float64(x.Problems) * ratio * ratio
}
