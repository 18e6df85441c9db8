package curve

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"image/png"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"caucus/voting"
)

var update = flag.Bool("update", false, "write the golden pictures anew; look at them before you commit them")

func TestPicturesAreTheGoldenOnes(t *testing.T) {
	for name, f := range figures() {
		if name == "thousand" {
			continue // its file would be larger than all others together
		}
		file := filepath.Join("testdata", name+".svg")
		got := writeSVG(t, f)
		if *update {
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is drawn anew: run the test with -update and look at the picture", file)
		}
	}
}

func writeSVG(t *testing.T, f Figure) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := f.WriteSVG(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestTheSameFigureGivesTheSameBytes(t *testing.T) {
	for name, f := range figures() {
		if !bytes.Equal(writeSVG(t, f), writeSVG(t, f)) {
			t.Errorf("%s differs", name)
		}
	}
}

// checkXML reads it all and returns the text.
func checkXML(t *testing.T, svg []byte) string {
	t.Helper()
	var text strings.Builder
	for decoder := xml.NewDecoder(bytes.NewReader(svg)); ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return text.String()
		}
		if err != nil {
			t.Fatalf("%v in %s", err, svg)
		}
		if data, ok := token.(xml.CharData); ok {
			text.Write(data)
		}
	}
}

func TestAnSVGIsXMLWithItsTextAsText(t *testing.T) {
	for name, f := range figures() {
		text := checkXML(t, writeSVG(t, f))
		if !strings.Contains(text, f.name()) || !strings.Contains(text, f.X.Label) {
			t.Errorf("%s does not hold its title and label: %s", name, text)
		}
	}
}

func TestTextMayHoldWhatXMLDoesNot(t *testing.T) {
	f := singleFigure()
	f.Series[0].Name = "a<b>&\"c\"\x00\n\ufffe\xff</svg>"
	f.Title, f.Caption, f.X.Label = f.Series[0].Name, f.Series[0].Name, f.Series[0].Name
	if text := checkXML(t, writeSVG(t, f)); strings.Count(text, "a<b>&\"c\"") < 3 {
		t.Errorf("the text is %q", text)
	}
}

func TestAPNGHasThreeHundredDotsToTheInch(t *testing.T) {
	for name, f := range figures() {
		var b bytes.Buffer
		if err := f.WritePNG(&b); err != nil {
			t.Fatal(err)
		}
		written := bytes.Clone(b.Bytes())
		picture, err := png.Decode(&b)
		if err != nil {
			t.Fatal(err)
		}
		if size := picture.Bounds().Size(); size.X != 1654 || size.Y != 1063 {
			t.Errorf("%s has %v pixels", name, size)
		}
		if !bytes.Contains(written, []byte("pHYs\x00\x00\x2e\x23\x00\x00\x2e\x23\x01")) { // 11,811 to the meter
			t.Errorf("%s does not tell its resolution", name)
		}
	}
}

func TestWhatCannotBeDrawnIsAnErrorThatNamesThePoint(t *testing.T) {
	at := func(x, mean, low, high float64) []Point {
		return []Point{{0.5, voting.Interval{Mean: 0.5, Low: 0.5, High: 0.5}}, {x, voting.Interval{Mean: mean, Low: low, High: high}}}
	}
	nan, inf := math.NaN(), math.Inf(1)
	for want, f := range map[string]Figure{
		"no points":                     {},
		"no points in":                  {Series: []Series{{Name: "voi"}}},
		"9 series":                      {Series: make([]Series, 9)},
		"series 1 (voi): point 2: x":    {Series: []Series{{Name: "voi", Points: at(nan, 1, 1, 1)}}},
		"point 2: x = 1, y = NaN":       {Series: []Series{{Points: at(1, nan, 1, 1)}}},
		"+Inf":                          {Series: []Series{{Points: at(1, 1, 1, inf)}}},
		"no larger than 1e+09":          {Series: []Series{{Points: at(1, 2e9, 2e9, 2e9)}}},
		"mark 2":                        {Series: []Series{{Marks: at(1, 1, nan, 1)}}},
		"outside of its band":           {Series: []Series{{Points: at(1, 1, 0, 0)}}},
		"sort the points by x":          {Series: []Series{{Points: at(0.5, 1, 1, 1)}}},
		"x = 0 on a logarithmic scale":  {LogX: true, Series: []Series{{Marks: at(0, 1, 1, 1)}}},
		"x = -1 on a logarithmic scale": {LogX: true, Series: []Series{{Points: at(-1, 1, 1, 1)}}},
	} {
		f.Title = "Accuracy"
		for _, err := range []error{f.WriteSVG(io.Discard), f.WritePNG(io.Discard)} {
			if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), `draw "Accuracy": `) {
				t.Errorf("the error is %v, want one with %q", err, want)
			}
		}
	}
}

func TestAFullDiskIsAnError(t *testing.T) {
	if err := singleFigure().WriteSVG(fullDisk{}); err == nil {
		t.Error("SVG is written")
	}
	if err := singleFigure().WritePNG(fullDisk{}); err == nil {
		t.Error("PNG is written")
	}
	if err := testPage().WriteHTML(fullDisk{}); err == nil {
		t.Error("HTML is written")
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left") }

// FuzzFigure draws what it makes of numbers: up to eight series of any size. What passes the check must be drawn as valid
// XML without a number that is none.
func FuzzFigure(f *testing.F) {
	f.Add(uint64(1), 1.0, 0.5, 0.1, "uniform", uint8(3), uint8(5), true)
	f.Add(uint64(2), 1e-9, 0.0, 0.0, "", uint8(8), uint8(0), true)
	f.Add(uint64(3), 1e9, -1e9, 0.0, "a name", uint8(1), uint8(1), false)
	f.Add(uint64(4), 0.0, 1e-300, 1e-310, "x\x00", uint8(2), uint8(60), false)
	f.Add(uint64(5), 5.0, 1e9, 1e-7, "same", uint8(8), uint8(2), true)
	f.Fuzz(func(t *testing.T, seed uint64, x, y, spread float64, name string, series, points uint8, log bool) {
		figure := randomFigure(rand.New(rand.NewPCG(seed, 0)), x, y, spread, name, int(series%9), int(points%80))
		figure.LogX = log
		var b bytes.Buffer
		if figure.WriteSVG(&b) != nil {
			return
		}
		checkXML(t, b.Bytes())
		if !strings.Contains(name, "NaN") && bytes.Contains(b.Bytes(), []byte("NaN")) || bytes.Contains(b.Bytes(), []byte("Inf,")) {
			t.Fatalf("a place is no number: %s", b.Bytes())
		}
	})
}

func randomFigure(rng *rand.Rand, x, y, spread float64, name string, series, points int) Figure {
	f := Figure{Title: name, X: Axis{name, Unit(rng.IntN(4))}, Y: Axis{name, Unit(rng.IntN(4))}, Zero: rng.IntN(2) == 0}
	number := func() Point {
		mean := y + spread*rng.NormFloat64()
		return Point{x * rng.ExpFloat64(), voting.Interval{Mean: mean, Low: mean - spread, High: mean + spread}}
	}
	for range series {
		s := Series{Name: name}
		for range rng.IntN(points + 1) {
			s.Points = append(s.Points, number())
		}
		slices.SortFunc(s.Points, func(a, b Point) int { return int(math.Copysign(1, a.X-b.X)) })
		for range rng.IntN(3) {
			s.Marks = append(s.Marks, number())
		}
		f.Series = append(f.Series, s)
	}
	return f
}
