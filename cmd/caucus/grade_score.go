package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"time"
)

// score counts verdicts.
type score struct {
	rows, equal int
	all         agreement
	kinds       map[string]*agreement
}

// agreement compares verdicts with labels.
type agreement struct {
	labelled, falsePositives, falseNegatives int
}

func (a *agreement) add(label, equal bool) {
	a.labelled++
	if equal && !label {
		a.falsePositives++
	}
	if label && !equal {
		a.falseNegatives++
	}
}

func (a *agreement) agreed() int { return a.labelled - a.falsePositives - a.falseNegatives }

// maxKinds bounds the table: more are no kinds but names of rows.
const (
	maxKinds   = 100
	otherKinds = "(other)"
)

func (s *score) add(v *verdict) {
	s.rows++
	if v.equal {
		s.equal++
	}
	if v.label == nil {
		return
	}
	s.all.add(*v.label, v.equal)
	if v.kind != "" {
		s.kind(v.kind).add(*v.label, v.equal)
	}
}

// kind is where the rows of a kind are counted.
func (s *score) kind(name string) *agreement {
	if s.kinds == nil {
		s.kinds = map[string]*agreement{}
	}
	if s.kinds[name] == nil && len(s.kinds) >= maxKinds {
		name = otherKinds
	}
	if s.kinds[name] == nil {
		s.kinds[name] = &agreement{}
	}
	return s.kinds[name]
}

// write prints the summary: a line, and a table where labelled rows have kinds.
func (s *score) write(out io.Writer, took time.Duration, failures bool) error {
	line := fmt.Sprintf("%s, %d equal", counted(s.rows, "row"), s.equal)
	if n := s.all.labelled; n > 0 {
		line += fmt.Sprintf("; %d of %d agree with their labels (%.1f%%), %s, %s", s.all.agreed(), n,
			100*float64(s.all.agreed())/float64(n), counted(s.all.falsePositives, "false positive"),
			counted(s.all.falseNegatives, "false negative"))
	}
	say(out, "%s; %.0f rows/s", line, float64(s.rows)/took.Seconds())
	if failures && s.all.labelled == 0 {
		say(out, `note: no row has a label in "equal", so none was written`)
	}
	if len(s.kinds) == 0 {
		return nil
	}
	rows := make([][]string, 0, len(s.kinds))
	for _, name := range slices.Sorted(maps.Keys(s.kinds)) {
		a := s.kinds[name]
		rows = append(rows, []string{name, strconv.Itoa(a.labelled), fmt.Sprintf("%.1f%%", 100*float64(a.agreed())/
			float64(a.labelled)), strconv.Itoa(a.falsePositives), strconv.Itoa(a.falseNegatives)})
	}
	columns := []column{{"kind", left}, {"rows", right}, {"agreement", right}, {"false positives", right},
		{"false negatives", right}}
	if err := table(out, columns, rows); err != nil {
		return errors.Join(errors.New("summarize the kinds"), err)
	}
	return nil
}

// counted is a number of things.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
