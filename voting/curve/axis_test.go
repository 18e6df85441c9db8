package curve

import (
	"slices"
	"strings"
	"testing"
)

func TestTicksOfXAreTheValuesThatOccurWhileTheyAreFew(t *testing.T) {
	count := func(n int) []float64 {
		var values []float64
		for i := range n {
			values = append(values, float64(i+1))
		}
		return values
	}
	for _, c := range []struct {
		name   string
		log    bool
		values []float64
		unit   Unit
		want   []string
	}{
		{"windows", true, []float64{30, 1, 2, 2, 5, 10, 60}, Seconds,
			[]string{"1\u00a0s", "2\u00a0s", "5\u00a0s", "10\u00a0s", "30\u00a0s", "1\u00a0min"}},
		{"odd windows", false, []float64{0.25, 90, 100, 3600, 5400}, Seconds,
			[]string{"0.25\u00a0s", "1.5\u00a0min", "100\u00a0s", "1\u00a0h", "1.5\u00a0h"}},
		{"samples", true, []float64{1, 2, 4, 64}, Count, []string{"1", "2", "4", "64"}},
		{"twelve", false, count(12), Count, []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"}},
		{"thirteen", false, count(13), Count, []string{"2", "4", "6", "8", "10", "12"}},
		{"many samples", true, count(100), Count, []string{"1", "2", "4", "8", "16", "32", "64"}},
		{"many seconds", true, count(30), Seconds, []string{"1\u00a0s", "2\u00a0s", "5\u00a0s", "10\u00a0s", "20\u00a0s"}},
		{"all windows", true, append(count(13), 0.1, 0.5, 60, 600, 3600, 7200), Seconds,
			[]string{"0.1\u00a0s", "1\u00a0s", "10\u00a0s", "1\u00a0min", "10\u00a0min", "1\u00a0h"}},
		{"minutes", true, append(count(13), 60, 70, 300), Seconds,
			[]string{"1\u00a0s", "3\u00a0s", "10\u00a0s", "30\u00a0s", "1\u00a0min", "3\u00a0min"}},
		{"a narrow range", true, count(33)[16:], Count, []string{"18", "20", "22", "24", "26", "28", "30", "32"}},
	} {
		got := c.unit.write(scale{log: c.log}.ticksX(c.values, c.unit))
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: ticks %q, want %q", c.name, got, c.want)
		}
	}
}

func TestTicksOfYAreRoundAndSharesHaveTheSameDecimals(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		unit      Unit
		want      []string
	}{
		{0.13, 0.82, Percent, []string{"20%", "30%", "40%", "50%", "60%", "70%", "80%"}},
		{0, 1, Percent, []string{"0%", "20%", "40%", "60%", "80%", "100%"}},
		{0.5, 0.53, Percent, []string{"50.0%", "50.5%", "51.0%", "51.5%", "52.0%", "52.5%", "53.0%"}},
		{-0.024, 0.061, Points, []string{"−2", "0", "+2", "+4", "+6"}},
		{-0.012, 0.018, Points, []string{"−1.0", "−0.5", "0", "+0.5", "+1.0", "+1.5"}},
		{-0.001, 3, Count, []string{"0", "0.5", "1", "1.5", "2", "2.5", "3"}},
	} {
		if got := c.unit.write(round(c.low, c.high, 6)); !slices.Equal(got, c.want) {
			t.Errorf("%v to %v: ticks %q, want %q", c.low, c.high, got, c.want)
		}
	}
}

func TestTheLastTickHasItsText(t *testing.T) {
	xs := []float64{0.1, 10, 3000, 3600}
	f := Figure{X: Axis{"window", Seconds}, LogX: true, Series: []Series{row("", xs, []float64{.1, .2, .3, .4}, .05)}}
	if svg := string(writeSVG(t, f)); !strings.Contains(svg, ">1\u00a0h<") || strings.Contains(svg, ">50\u00a0min<") {
		t.Error("the end of the axis is not written at, or the text beside it touches")
	}
}
