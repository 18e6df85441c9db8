package curve

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/plot/vg"
)

// Boxes in random places must be spread within the bounds, in order, without overlap, and no nearer to where they should be
// by any other way that is tried: the best places are a projection on a convex set, so that from there the way to any
// allowed places leads away from the wanted ones.
func TestSpreadLabelsNeitherOverlapNorMoveMoreThanTheyMust(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		low, high := 10.0, 10+250*rng.Float64()
		var wanted, heights []float64
		total := 0.0
		for range rng.IntN(10) {
			h := []float64{11.5, 23}[rng.IntN(2)]
			if total+h > high-low {
				break
			}
			total += h
			heights = append(heights, h)
			wanted = append(wanted, low-20+(high-low+40)*rng.Float64()*float64(rng.IntN(2)))
		}
		slices.Sort(wanted)
		places := spread(wanted, heights, low, high)
		checkSpread(t, places, heights, low, high)

		allowed, slope := randomPlaces(rng, heights, high-low-total, low), 0.0
		for i := range places {
			slope += (places[i] - wanted[i]) * (allowed[i] - places[i])
		}
		if slope < -1e-6 {
			t.Fatalf("boxes %v of heights %v between %v and %v are spread to %v: %v is nearer", wanted, heights, low, high, places,
				allowed)
		}
	}
}

func checkSpread(t *testing.T, places, heights []float64, low, high float64) {
	t.Helper()
	top := low
	for i, y := range places {
		if y-heights[i]/2 < top-1e-9 {
			t.Fatalf("box %d begins at %v, below %v: %v of heights %v", i, y-heights[i]/2, top, places, heights)
		}
		top = y + heights[i]/2
	}
	if len(places) != len(heights) || top > high+1e-9 {
		t.Fatalf("%d of %d boxes end at %v, above %v", len(places), len(heights), top, high)
	}
}

// randomPlaces stacks boxes with gaps that take up to all of the room.
func randomPlaces(rng *rand.Rand, heights []float64, room, low float64) []float64 {
	var cuts []float64
	for range heights {
		cuts = append(cuts, room*rng.Float64())
	}
	slices.Sort(cuts)
	below := low
	for i, h := range heights {
		cuts[i] += below + h/2
		below += h
	}
	return cuts
}

func TestLabelsThatHaveNoRoomAreStacked(t *testing.T) {
	places := spread([]float64{0, 5, 5}, []float64{10, 10, 10}, 0, 20)
	if want := []float64{5, 15, 25}; !slices.Equal(places, want) {
		t.Errorf("places %v, want %v", places, want)
	}
}

func TestLabelsOfAFigureDoNotOverlap(t *testing.T) {
	for name, f := range figures() {
		d := drawing{Figure: f, bottom: 40, top: 200}
		d.fitY()
		var places, heights []float64
		for _, l := range d.newLabels() {
			places, heights = append(places, float64(l.y)), append(heights, l.height())
		}
		t.Log(name)
		checkSpread(t, places, heights, float64(d.bottom), float64(d.top+2*gap))
	}
}

func TestNamesAreWrappedIntoTwoLinesAndThenCutOff(t *testing.T) {
	letters := func(s string) vg.Length { return vg.Length(len([]rune(s))) }
	for _, c := range []struct {
		text string
		want []string
	}{
		{"", nil},
		{" \t", nil},
		{"uniform", []string{"uniform"}},
		{"ten letter", []string{"ten letter"}},
		{"eleven lett", []string{"eleven", "lett"}},
		{"value of information", []string{"value of", "informati…"}},
		{"a word and many more of them", []string{"a word and", "many more…"}},
		{"voi, withlengths", []string{"voi,", "withlengt…"}},
	} {
		if got := wrap(c.text, 10, letters); !slices.Equal(got, c.want) {
			t.Errorf("%q is wrapped as %q, want %q", c.text, got, c.want)
		}
	}
	if got := shorten("abc", 0, letters); got != "…" {
		t.Errorf("without any room a name is %q", got)
	}
	if w := textFace().Width("uniform"); math.Abs(float64(w)-33.3) > 1 {
		t.Errorf("the word uniform is %v points wide", w)
	}
}
