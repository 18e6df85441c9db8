package curve

import (
	"image/color"
	"math"
	"sync"

	"codeberg.org/go-fonts/liberation/liberationsansregular"
	xfont "golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// A pen draws on a canvas of either kind. Lengths are points, from the lower left corner.
type pen struct{ vg.Canvas }

// line strokes through places.
func (p pen) line(c color.Color, width vg.Length, dashes []vg.Length, places ...vg.Point) {
	p.SetColor(c)
	p.SetLineWidth(width)
	p.SetLineDash(dashes, 0)
	p.Stroke(polygon(places))
}

func (p pen) area(c color.Color, corners ...vg.Point) {
	p.SetColor(c)
	path := polygon(corners)
	path.Close()
	p.Fill(path)
}

func polygon(places []vg.Point) vg.Path {
	var path vg.Path
	path.Move(places[0])
	for _, place := range places[1:] {
		path.Line(place)
	}
	return path
}

// marker draws a look's marker, of about the same area for every shape.
func (p pen) marker(l look, place vg.Point, size vg.Length) {
	p.shape(l.line, l.corners, place, size)
	if l.open {
		p.shape(paper, l.corners, place, size*0.55)
	}
}

// shape is a circle, a diamond (2), a triangle or a square.
func (p pen) shape(c color.Color, corners int, place vg.Point, size vg.Length) {
	if corners == 0 {
		var path vg.Path
		path.Move(vg.Point{X: place.X + size, Y: place.Y})
		path.Arc(place, size, 0, 2*math.Pi)
		path.Close()
		p.SetColor(c)
		p.Fill(path)
		return
	}
	turn, factor := math.Pi/2, vg.Length(1.3) // the first corner is at the top
	switch corners {
	case 2:
		corners = 4
	case 4:
		turn, factor = math.Pi/4, 1.25
	}
	var places []vg.Point
	for i := range corners {
		sin, cos := math.Sincos(turn + 2*math.Pi*float64(i)/float64(corners))
		places = append(places, vg.Point{X: place.X + factor*size*vg.Length(cos), Y: place.Y + factor*size*vg.Length(sin)})
	}
	p.area(c, places...)
}

// text writes with the left end of the base line at a place, or the part of its width that align says.
func (p pen) text(f *font.Face, c color.Color, place vg.Point, align vg.Length, s string) {
	p.SetColor(c)
	place.X -= align * f.Width(s)
	p.FillString(*f, place, s)
}

// The sizes of text.
const (
	textSize  vg.Length = 10
	titleSize vg.Length = 12
	lineSkip            = 1.15 * textSize
)

var regularFont = sync.OnceValue(func() *opentype.Font { return parse(liberationsansregular.TTF) })

func parse(ttf []byte) *opentype.Font {
	f, err := opentype.Parse(ttf)
	if err != nil {
		panic("curve: the embedded font cannot be read: " + err.Error())
	}
	return f
}

func textFace() *font.Face {
	return &font.Face{Font: font.Font{Variant: "Sans", Size: textSize}, Face: regularFont()}
}

// titleFace is bold where the reader's own font is (SVG). In a PNG it is not: that would take another 400 kB of the program.
func titleFace() *font.Face {
	return &font.Face{Font: font.Font{Variant: "Sans", Size: titleSize, Weight: xfont.WeightBold}, Face: regularFont()}
}
