package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"caucus/engine/replay"
	"caucus/voting"
)

// swept is what a sweep came to.
type swept struct {
	title     string
	notes     []string // what a reader must know
	players   []replay.Player
	cells     []sweptCell
	orders    bool       // it has a deviation over orders of the problems
	estimates []estimate // none for made-up problems
}

// An estimate is of k samples of a problem, drawn from all of them.
type estimate struct {
	K    int
	Pass voting.Interval // that one of them is right
	Maj  voting.Interval // that their majority is
}

// sweptRow is a cell in JSON and CSV.
type sweptRow struct {
	Window    float64  `json:"window_seconds"`
	Policy    string   `json:"policy"`
	Right     float64  `json:"right"` // share of the problems
	Low       float64  `json:"right_low"`
	High      float64  `json:"right_high"`
	Gain      float64  `json:"gain"` // over the first policy
	GainLow   float64  `json:"gain_low"`
	GainHigh  float64  `json:"gain_high"`
	SeedsSD   float64  `json:"sd_over_seeds"`
	OrdersSD  *float64 `json:"sd_over_orders,omitempty"`
	Silent    float64  `json:"no_answer"` // share of the problems
	Samples   float64  `json:"samples_a_problem"`
	Landed    float64  `json:"landed"` // share of those
	Occupancy float64  `json:"occupancy"`
	Seconds   float64  `json:"seconds"`
	*live
}

func (s *swept) row(x *sweptCell) sweptRow {
	r := sweptRow{
		Window: x.Window.Seconds(), Policy: x.Player.String(), Right: x.Band.Mean, Low: x.Band.Low, High: x.Band.High,
		Gain: x.Gain.Mean, GainLow: x.Gain.Low, GainHigh: x.Gain.High, SeedsSD: x.SeedsSD,
		Silent: x.Silent, Samples: x.Samples, Landed: x.Landed, Occupancy: x.Occupancy, Seconds: x.Seconds, live: x.Live,
	}
	if s.orders {
		r.OrdersSD = &x.OrdersSD
	}
	return r
}

// writeJSONLines writes a line a cell, and then one an estimate.
func (s *swept) writeJSONLines(w io.Writer) error {
	encoder := json.NewEncoder(w)
	for i := range s.cells {
		if err := encoder.Encode(s.row(&s.cells[i])); err != nil {
			return fmt.Errorf("write the results: %w", err)
		}
	}
	for _, e := range s.estimates {
		if err := encoder.Encode(e.row()); err != nil {
			return fmt.Errorf("write the results: %w", err)
		}
	}
	return nil
}

// estimateRow is an estimate in JSON and CSV.
type estimateRow struct {
	K        int     `json:"k"`
	Pass     float64 `json:"pass_at_k"`
	PassLow  float64 `json:"pass_at_k_low"`
	PassHigh float64 `json:"pass_at_k_high"`
	Maj      float64 `json:"maj_at_k"`
	MajLow   float64 `json:"maj_at_k_low"`
	MajHigh  float64 `json:"maj_at_k_high"`
}

func (e estimate) row() estimateRow {
	return estimateRow{e.K, e.Pass.Mean, e.Pass.Low, e.Pass.High, e.Maj.Mean, e.Maj.Low, e.Maj.High}
}

// writeCSV writes the cells, a row each. The columns are those of JSON.
func (s *swept) writeCSV(w io.Writer) error {
	head := []string{"window_seconds", "policy", "right", "right_low", "right_high", "gain", "gain_low", "gain_high",
		"sd_over_seeds", "no_answer", "samples_a_problem", "landed", "occupancy", "seconds"}
	if s.orders {
		head = append(head, "sd_over_orders")
	}
	if s.isLive() {
		head = append(head, "live_right", "live_low", "live_high", "live_seconds", "live_runs", "live_step_time", "live_replayed")
	}
	records := [][]string{head}
	for i := range s.cells {
		r := s.row(&s.cells[i])
		record := []string{digits(r.Window), r.Policy}
		for _, v := range []float64{r.Right, r.Low, r.High, r.Gain, r.GainLow, r.GainHigh, r.SeedsSD, r.Silent,
			r.Samples, r.Landed, r.Occupancy, r.Seconds} {
			record = append(record, digits(v))
		}
		if s.orders {
			record = append(record, digits(*r.OrdersSD))
		}
		if l := r.live; l != nil {
			record = append(record, digits(l.Right), digits(l.Low), digits(l.High), digits(l.Seconds), strconv.Itoa(l.Runs),
				digits(l.Slow), digits(l.AtSpeed))
		}
		records = append(records, record)
	}
	return writeRecords(w, records)
}

// writeSamplesCSV writes the estimates, a row each.
func (s *swept) writeSamplesCSV(w io.Writer) error {
	records := [][]string{{"k", "pass_at_k", "pass_at_k_low", "pass_at_k_high", "maj_at_k", "maj_at_k_low", "maj_at_k_high"}}
	for _, e := range s.estimates {
		record := []string{strconv.Itoa(e.K)}
		for _, v := range []float64{e.Pass.Mean, e.Pass.Low, e.Pass.High, e.Maj.Mean, e.Maj.Low, e.Maj.High} {
			record = append(record, digits(v))
		}
		records = append(records, record)
	}
	return writeRecords(w, records)
}

func writeRecords(w io.Writer, records [][]string) error {
	if err := csv.NewWriter(w).WriteAll(records); err != nil {
		return fmt.Errorf("write the results: %w", err)
	}
	return nil
}

func digits(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

func (s *swept) isLive() bool { return s.cells[0].Live != nil }

// writeTables writes the cells, and below them the estimates.
func (s *swept) writeTables(w io.Writer) error {
	columns, rows := s.cellTable()
	if err := table(w, columns, rows); err != nil || !s.hasEstimates() {
		return err
	}
	if _, err := fmt.Fprintln(w); err != nil {
		return fmt.Errorf("write the results: %w", err)
	}
	columns, rows = s.estimateTable()
	return table(w, columns, rows)
}

func (s *swept) cellTable() (columns []column, rows [][]string) {
	columns = []column{{"window", right}, {"policy", left}, {"right", right}, {"95%", right}}
	if s.compares() {
		columns = append(columns, column{"against " + s.players[0].String(), spare}, column{"95%", spare})
	}
	if s.orders {
		columns = append(columns, column{"sd seeds", spare}, column{"orders", spare})
	}
	columns = append(columns, column{"silent", spare}, column{"samples", spare}, column{"landed", spare}, column{"busy", spare},
		column{"seconds", spare})
	if s.isLive() {
		columns = append(columns, column{"live", right}, column{"95%", right}, column{"seconds", spare}, column{"at its speed", spare})
	}
	for i := range s.cells {
		x := &s.cells[i]
		cells := []string{brief(x.Window), x.Player.String(), percent(x.Band.Mean), span(x.Band, "%.1f")}
		switch {
		case x.Player != s.players[0]:
			cells = append(cells, fmt.Sprintf("%+.1f", points(x.Gain.Mean)), span(x.Gain, "%+.1f"))
		case s.compares():
			cells = append(cells, "", "")
		}
		if s.orders {
			cells = append(cells, fmt.Sprintf("%.1f", 100*x.SeedsSD), fmt.Sprintf("%.1f", 100*x.OrdersSD))
		}
		cells = append(cells, percent(x.Silent), fmt.Sprintf("%.1f", x.Samples), percent(x.Landed), percent(x.Occupancy),
			fmt.Sprintf("%.2f", x.Seconds))
		if l := x.Live; l != nil {
			cells = append(cells, percent(l.Right), span(l.band(), "%.1f"), fmt.Sprintf("%.2f", l.Seconds), percent(l.AtSpeed))
		}
		rows = append(rows, cells)
	}
	return columns, rows
}

func (s *swept) estimateTable() (columns []column, rows [][]string) {
	for _, e := range s.estimates {
		rows = append(rows, []string{
			strconv.Itoa(e.K), percent(e.Pass.Mean), span(e.Pass, "%.1f"), percent(e.Maj.Mean), span(e.Maj, "%.1f"),
		})
	}
	return []column{{"k", right}, {"pass@k", right}, {"95%", right}, {"maj@k", right}, {"95%", right}}, rows
}

// span writes a band in percent.
func span(band voting.Interval, format string) string {
	return fmt.Sprintf(format+" to "+format, points(band.Low), points(band.High))
}

// brief writes a time without the units of which there are none: 1h, not 1h0m0s.
func brief(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// points are a share's hundredths to one place, and never -0.0.
func points(share float64) float64 { return math.Round(1000*share)/10 + 0 }

func percent(share float64) string { return fmt.Sprintf("%.1f%%", 100*share) }

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// outFlag names the files of a sweep.
func outFlag() cli.Flag {
	return &cli.StringSliceFlag{Name: "out", Usage: "write to `FILE` too, as its ending says: .csv, .jsonl, .svg, .png or .html; can be given again"}
}
