package curve

import (
	"math"

	"gonum.org/v1/plot/vg"
)

// The picture's size. In a column of 84 mm its text has six points.
const (
	width  = 140 * vg.Millimeter
	height = 90 * vg.Millimeter
)

// Lengths of the layout, in points.
const (
	margin     vg.Length = 6
	gap        vg.Length = 4 // between text and what it belongs to
	tickLength vg.Length = 3.5
	inset      vg.Length = 8  // between the ends of the x axis and the first and last x
	farMove    vg.Length = 3  // a label that is moved further has a leader
	leaderRoom vg.Length = 16 // for those
	markerRoom vg.Length = 9  // for a marker before a name
	lineWidth  vg.Length = 1.5
	dotSize    vg.Length = 2.2
	markSize   vg.Length = 2.9
	dodge      vg.Length = 5  // between the bars of two series at one x
	mostDots             = 50 // a line with more points has one marker, at its end
)

// A drawing is a figure that is laid out on a canvas.
type drawing struct {
	Figure
	pen
	left, right, bottom, top vg.Length // of the area of the data
	x, y                     scale
	labels                   []label
}

// draw draws the figure, which must have passed its check.
func (f Figure) draw(canvas vg.Canvas) {
	d := drawing{Figure: f, pen: pen{canvas}}
	d.area(paper, vg.Point{}, vg.Point{X: width}, vg.Point{X: width, Y: height}, vg.Point{Y: height})
	d.heading()
	d.fitY()
	d.grid()
	d.fitX()
	d.axis()
	d.bands()
	for i := len(f.Series) - 1; i >= 0; i-- { // the first on top
		d.curve(looks[i], f.Series[i].Points)
	}
	for _, g := range f.groups() {
		for _, p := range g.points {
			d.bar(looks[g.series], p, g.aside, g.size)
		}
	}
	d.names()
}

// heading writes the title and, above its axis, the label of y: a reader need not turn the head.
func (d *drawing) heading() {
	d.top = height - margin
	if d.Title != "" {
		face := titleFace()
		for _, line := range wrap(d.Title, width-2*margin, face.Width) {
			d.top -= titleSize
			d.text(face, ink, vg.Point{X: margin, Y: d.top + 0.2*titleSize}, 0, line)
		}
		d.top -= gap
	}
	if d.Y.Label != "" {
		d.top -= textSize
		d.text(textFace(), grey, vg.Point{X: margin, Y: d.top + 0.2*textSize}, 0,
			shorten(d.Y.Label, width-2*margin, textFace().Width))
	}
	d.top -= 2 * gap
}

// fitY spans the values and their bands. What are shares stays within 0 and 1.
func (d *drawing) fitY() {
	d.bottom = margin + gap + textSize + tickLength
	if d.X.Label != "" {
		d.bottom += gap + textSize
	}
	var values []float64
	for _, p := range d.points() {
		values = append(values, p.Mean, p.Low, p.High)
	}
	if d.Zero {
		values = append(values, 0)
	}
	d.y = scale{from: d.bottom, to: d.top}
	d.y.fit(values)
	least, most := math.Inf(-1), math.Inf(1)
	if d.Y.Unit == Percent {
		least, most = 0, 1
	}
	d.y.widen(0.04, least, most)
}

// grid draws the ticks of y across the picture and makes room for their labels. The data begin to the right of those.
func (d *drawing) grid() {
	face := textFace()
	d.labels = d.newLabels()
	d.right = width - margin - d.labelRoom()
	ticks := round(d.y.low, d.y.high, 6)
	texts := d.Y.Unit.write(ticks)
	for _, text := range texts {
		d.left = max(d.left, margin+face.Width(text)+gap)
	}
	for i, v := range ticks {
		y := d.y.at(v)
		d.text(face, grey, vg.Point{X: d.left - gap, Y: y - 0.35*textSize}, 1, texts[i])
		if y > d.bottom+1 { // where the axis is not
			d.line(rule, 0.6, nil, vg.Point{X: d.left, Y: y}, vg.Point{X: d.right, Y: y})
		}
	}
	if d.Zero {
		d.line(ink, 0.8, nil, vg.Point{X: d.left, Y: d.y.at(0)}, vg.Point{X: d.right, Y: d.y.at(0)})
	}
}

func (d *drawing) fitX() {
	d.x = scale{log: d.LogX, from: d.left + inset, to: d.right - inset}
	d.x.fit(d.allX())
}

func (d *drawing) allX() []float64 {
	var values []float64
	for _, p := range d.points() {
		values = append(values, p.X)
	}
	return values
}

// axis draws the ticks of x. Those whose text would touch that of the one before, or of the last, stay without.
func (d *drawing) axis() {
	face := textFace()
	d.line(grey, 0.6, nil, vg.Point{X: d.left, Y: d.bottom}, vg.Point{X: d.right, Y: d.bottom})
	ticks := d.x.ticksX(d.allX(), d.X.Unit)
	texts := d.X.Unit.write(ticks)
	half := func(i int) vg.Length { return face.Width(texts[i]) / 2 }
	last := len(ticks) - 1
	written, end := -width, d.x.at(ticks[last])-half(last)
	for i, text := range texts {
		x := d.x.at(ticks[i])
		d.line(grey, 0.6, nil, vg.Point{X: x, Y: d.bottom}, vg.Point{X: x, Y: d.bottom - tickLength})
		if i == last || x-half(i) > written+gap && x+half(i) < end-gap {
			written = x + half(i)
			d.text(face, grey, vg.Point{X: x, Y: d.bottom - tickLength - 0.9*textSize}, 0.5, text)
		}
	}
	middle := vg.Point{X: (d.left + d.right) / 2, Y: margin + 0.2*textSize}
	d.text(face, grey, middle, 0.5, shorten(d.X.Label, d.right-d.left, face.Width))
}

func (d *drawing) place(x, y float64) vg.Point { return vg.Point{X: d.x.at(x), Y: d.y.at(y)} }

// bands are fainter the more may lie on each other.
func (d *drawing) bands() {
	lines := 0
	for _, s := range d.Series {
		if len(s.Points) > 1 {
			lines++
		}
	}
	for i, s := range d.Series {
		if len(s.Points) > 1 {
			d.band(looks[i], s.Points, 0.45/float64(lines+2))
		}
	}
}

// band fills what lies between the bounds. Thin edges tell where it ends below others.
func (d *drawing) band(l look, points []Point, opacity float64) {
	var edge []vg.Point
	wide := false
	for _, p := range points {
		edge = append(edge, d.place(p.X, p.High))
		wide = wide || p.High > p.Low
	}
	for i := len(points) - 1; i >= 0; i-- {
		edge = append(edge, d.place(points[i].X, points[i].Low))
	}
	if wide {
		d.area(faint(l.line, opacity), edge...)
		d.line(faint(l.line, 0.4), 0.5, nil, edge[:len(points)]...)
		d.line(faint(l.line, 0.4), 0.5, nil, edge[len(points):]...)
	}
}

func (d *drawing) curve(l look, points []Point) {
	var places []vg.Point
	for _, p := range points {
		places = append(places, d.place(p.X, p.Mean))
	}
	if len(places) < 2 {
		return
	}
	d.line(l.line, lineWidth, l.dashes, places...)
	if len(places) > mostDots {
		places = places[len(places)-1:]
	}
	for _, place := range places {
		d.marker(l, place, dotSize)
	}
}

// A group is what has no band to lie in: the marks of a series, or its only point.
type group struct {
	series      int
	points      []Point
	size, aside vg.Length
}

// groups stand side by side, or those at one x would hide each other.
func (f Figure) groups() []group {
	var groups []group
	for i, s := range f.Series {
		if len(s.Points) == 1 {
			groups = append(groups, group{series: i, points: s.Points, size: dotSize})
		}
		if len(s.Marks) > 0 {
			groups = append(groups, group{series: i, points: s.Marks, size: markSize})
		}
	}
	for i := range groups {
		groups[i].aside = dodge * (vg.Length(i) - vg.Length(len(groups)-1)/2)
	}
	return groups
}

// bar is a point's band beside its place, with the point on it.
func (d *drawing) bar(l look, p Point, aside, size vg.Length) {
	const half vg.Length = 2
	low, middle, high := d.place(p.X, p.Low), d.place(p.X, p.Mean), d.place(p.X, p.High)
	middle.X += aside
	if p.High > p.Low {
		d.line(l.line, 1, nil, vg.Point{X: middle.X, Y: low.Y}, vg.Point{X: middle.X, Y: high.Y})
		for _, y := range []vg.Length{low.Y, high.Y} {
			d.line(l.line, 1, nil, vg.Point{X: middle.X - half, Y: y}, vg.Point{X: middle.X + half, Y: y})
		}
	}
	d.shape(paper, l.corners, middle, size+0.8) // sets it off from the lines behind
	d.marker(l, middle, size)
}
