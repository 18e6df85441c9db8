package curve

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
)

func testPage() Page {
	return Page{
		Title: "Five policies in windows from 1 s to 30 s",
		Lead:  "Spending the window by value of information answers 2 to 6 points more.",
		Sections: []Section{
			{
				Heading:    "Accuracy",
				Paragraphs: []string{"Predicted from 64 recorded samples of each of 200 problems <script>, as many as a window has room for."},
				Figures:    []Figure{accuracyFigure()},
				Tables: []Table{{
					Caption: "Problems answered rightly, with bands of 95%.",
					Columns: []Column{{"policy", false}, {"1 s", true}, {"30 s", true}},
					Rows:    [][]string{{"uniform", "21.2%", "71.5%"}, {"voi", "30.0%", "74.2%"}},
				}},
				Notes: []string{"Bands are read from 10,000 resamples of the problems."},
			},
			{Heading: "Differences", Figures: []Figure{differenceFigure()}},
			{Heading: "Samples", Figures: []Figure{samplesFigure()}},
		},
		Notes: []string{"caucus sweep --seed 1"},
	}
}

func writeHTML(t *testing.T, p Page) string {
	t.Helper()
	var b bytes.Buffer
	if err := p.WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestAPageIsOneFileWithoutScripts(t *testing.T) {
	page := writeHTML(t, testPage())
	for _, pattern := range []string{`<script`, `<link`, `<img`, `<iframe`, `\bsrc=`, `\bhref=`, `url\(`, `@import`, `\bon[a-z]+=`} {
		if found := regexp.MustCompile(pattern).FindString(page); found != "" {
			t.Errorf("the page holds %q", found)
		}
	}
	if rest := strings.ReplaceAll(page, `xmlns="http://www.w3.org/2000/svg"`, ""); strings.Contains(rest, "//") {
		t.Error("the page holds an address")
	}
	if strings.Count(page, "<svg") != 3 || strings.Contains(page, "<?xml") {
		t.Error("the figures do not stand in the page as elements")
	}
	for _, want := range []string{"prefers-color-scheme: dark", "@media print", "problems &lt;script&gt;", `<td class="right">74.2%</td>`,
		".table { break-inside: auto; overflow: visible; "} { // or wide and long tables are cut off on paper
		if !strings.Contains(page, want) {
			t.Errorf("the page does not hold %q", want)
		}
	}
}

func TestThePagesElementsAreClosed(t *testing.T) {
	for _, p := range []Page{{}, testPage()} {
		decoder := xml.NewDecoder(strings.NewReader(writeHTML(t, p)))
		for {
			_, err := decoder.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestAPageNamesTheFigureOrTableThatIsWrong(t *testing.T) {
	for want, s := range map[string]Section{
		`draw "Empty": no points`:                {Figures: []Figure{{Title: "Empty"}}},
		`table "T": row 2 has 1 cells for 2 col`: {Tables: []Table{{Caption: "T", Columns: make([]Column, 2), Rows: [][]string{{"", ""}, {""}}}}},
	} {
		var b bytes.Buffer
		if err := (Page{Title: "P", Sections: []Section{s}}).WriteHTML(&b); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error is %v, want one with %q", err, want)
		}
		if b.Len() > 0 {
			t.Errorf("%d bytes of a wrong page are written", b.Len())
		}
	}
}

// TestAllThatAPageInsertsIsText puts markup in every place that holds a text.
func TestAllThatAPageInsertsIsText(t *testing.T) {
	const evil = `<b title="x">&'`
	page := writeHTML(t, Page{Title: evil, Lead: evil, Notes: []string{evil}, Sections: []Section{{
		Heading: evil, Paragraphs: []string{evil}, Notes: []string{evil},
		Tables: []Table{{Caption: evil, Columns: []Column{{evil, false}}, Rows: [][]string{{evil}}}},
	}}})
	if n := strings.Count(page, "&lt;b title=&#34;x&#34;&gt;&amp;&#39;"); n != 10 || strings.Contains(page, "<b ") {
		t.Errorf("the text stands %d times in the page, want 10:\n%s", n, page)
	}
}
