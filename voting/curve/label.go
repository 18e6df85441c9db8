package curve

import (
	"cmp"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"
)

// mostLabel is the part of the picture's width that names may take.
const mostLabel = 0.3 * width

// A label is a series' name beside the end of its line.
type label struct {
	look  look
	lines []string
	last  Point     // of its series
	aside vg.Length // where that is drawn beside its x
	y     vg.Length // of the label's middle
}

func (l label) height() float64 { return float64(lineSkip) * float64(len(l.lines)) }

// newLabels are those of the series that have a name and something to stand beside, from the lowest to the highest, moved
// apart.
func (d *drawing) newLabels() []label {
	var labels []label
	groups := d.groups()
	for i, s := range d.Series {
		points := s.Points
		if len(points) == 0 {
			points = s.Marks
		}
		lines := wrap(s.Name, mostLabel, textFace().Width)
		if len(points) == 0 || len(lines) == 0 {
			continue
		}
		last := slices.MaxFunc(points, func(a, b Point) int { return cmp.Compare(a.X, b.X) })
		aside := vg.Length(0)
		if g := slices.IndexFunc(groups, func(g group) bool { return g.series == i }); g >= 0 && len(s.Points) < 2 {
			aside = groups[g].aside
		}
		labels = append(labels, label{look: looks[i], lines: lines, last: last, aside: aside})
	}
	slices.SortStableFunc(labels, func(a, b label) int { return cmp.Compare(a.last.Mean, b.last.Mean) })
	wanted, heights := make([]float64, len(labels)), make([]float64, len(labels))
	for i, l := range labels {
		wanted[i], heights[i] = float64(d.y.at(l.last.Mean)), l.height()
	}
	for i, y := range spread(wanted, heights, float64(d.bottom), float64(d.top+2*gap)) {
		labels[i].y = vg.Length(y)
	}
	return labels
}

// led tells whether a label is so far from its line that a leader must join them.
func (d *drawing) led(l label) bool {
	moved := l.y - d.y.at(l.last.Mean)
	return max(moved, -moved) > farMove
}

// labelRoom is the width to the right of the data that labels need with what stands before them.
func (d *drawing) labelRoom() vg.Length {
	if len(d.labels) == 0 {
		return 0
	}
	widest := vg.Length(0)
	for _, l := range d.labels {
		for _, line := range l.lines {
			widest = max(widest, textFace().Width(line))
		}
	}
	return d.indent() + widest
}

// indent is how far from the data names stand. Where leaders are needed, it leaves room for them and for markers, from which
// one who sees no colors can tell whose name it is.
func (d *drawing) indent() vg.Length {
	if slices.ContainsFunc(d.labels, d.led) {
		return leaderRoom + markerRoom
	}
	return gap
}

// names writes the labels.
func (d *drawing) names() {
	x := d.right + d.indent()
	for _, l := range d.labels {
		end := d.place(l.last.X, l.last.Mean)
		end.X += l.aside
		if d.indent() > gap || end.X < d.right-2*inset {
			d.leader(l, end, x)
		}
		for i, line := range l.lines {
			middle := l.y + lineSkip*(vg.Length(len(l.lines)-1)/2-vg.Length(i))
			d.text(textFace(), l.look.text, vg.Point{X: x, Y: middle - 0.35*textSize}, 0, line)
		}
	}
}

// leader joins the end of a line and its name at x.
func (d *drawing) leader(l label, end vg.Point, x vg.Length) {
	to := vg.Point{X: x - gap/2, Y: l.y}
	if d.indent() > gap {
		d.marker(l.look, vg.Point{X: x - markerRoom/2, Y: l.y}, dotSize)
		to.X = x - markerRoom
	}
	d.line(faint(l.look.line, 0.7), 0.6, nil, vg.Point{X: end.X + gap, Y: end.Y}, to)
}

// spread moves the middles of boxes, given from the lowest to the highest, so that none overlaps another and all lie between
// low and high, with the least sum of squared moves. If there is not room for all, they are stacked from low upwards.
//
// Less the heights of those below it, a box's place must not be below that of the one before: it is an isotonic regression,
// which pooling adjacent violators solves, and cutting its solution off at the bounds solves it with them.
func spread(wanted, heights []float64, low, high float64) []float64 {
	type pool struct {
		sum float64
		n   int
	}
	mean := func(p pool) float64 { return p.sum / float64(p.n) }
	var pools []pool
	below := make([]float64, len(wanted)) // from the bottom of the stack to the box's middle
	total := 0.0
	for i, h := range heights {
		below[i] = total + h/2
		total += h
		pools = append(pools, pool{wanted[i] - below[i], 1})
		for n := len(pools) - 1; n > 0 && mean(pools[n-1]) >= mean(pools[n]); n-- {
			pools[n-1] = pool{pools[n-1].sum + pools[n].sum, pools[n-1].n + pools[n].n}
			pools = pools[:n]
		}
	}
	var places []float64
	for _, p := range pools {
		for range p.n {
			places = append(places, below[len(places)]+max(low, min(mean(p), high-total)))
		}
	}
	return places
}

// wrap breaks a text into two lines at most, no wider than width, where it ends with an ellipsis if that is not enough.
func wrap(s string, width vg.Length, measure func(string) vg.Length) []string {
	var lines []string
	for _, word := range strings.Fields(s) {
		n := len(lines)
		if n > 0 && (n == 2 || measure(lines[n-1]+" "+word) <= width) {
			lines[n-1] += " " + word
		} else {
			lines = append(lines, word)
		}
	}
	for i, line := range lines {
		lines[i] = shorten(line, width, measure)
	}
	return lines
}

// shorten cuts a text off where it is too wide.
func shorten(s string, width vg.Length, measure func(string) vg.Length) string {
	if measure(s) <= width {
		return s
	}
	runes := []rune(s)
	fits := 0
	for fits < len(runes) && measure(string(runes[:fits+1])+"…") <= width {
		fits++
	}
	return strings.TrimSpace(string(runes[:fits])) + "…"
}
