package problems

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Result is what a run found out about one problem: a line or row of a result file.
type Result struct {
	ID        string         `json:"id" parquet:"id"`
	Problem   string         `json:"problem" parquet:"problem"`
	Answer    string         `json:"answer" parquet:"answer"` // "" when no sample gave one
	Reference string         `json:"reference,omitempty" parquet:"reference,optional"`
	Correct   *bool          `json:"correct,omitempty" parquet:"correct,optional"` // nil when there is no reference to compare with
	Verdict   string         `json:"verdict" parquet:"verdict"`                    // what the votes are worth: certified, leading or split; "" without any
	Votes     Votes          `json:"votes" parquet:"votes,list"`
	Samples   map[string]int `json:"samples" parquet:"samples"` // samples by status, such as "finished" or "landed"
	Seconds   float64        `json:"seconds" parquet:"seconds"` // from the opening of the window to the decision, or to the end
	Tokens    int            `json:"tokens" parquet:"tokens"`   // decoded by the samples that ended or landed
}

// Vote is an answer and the number of samples that gave it.
type Vote struct {
	Answer string `parquet:"answer"`
	Count  int    `parquet:"count"`
}

// Votes are the answers to one problem, each of them once. In JSON they are an object from answer to count, in parquet a
// list. They are written by descending count; answers of equal count keep their order in the slice, so the winner of a tie
// can stand first.
type Votes []Vote

func (v Votes) sorted() Votes {
	v = slices.Clone(v)
	slices.SortStableFunc(v, func(a, b Vote) int { return cmp.Compare(b.Count, a.Count) })
	return v
}

// MarshalJSON implements [json.Marshaler].
func (v Votes) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, vote := range v.sorted() {
		if i > 0 {
			b.WriteByte(',')
		}
		key, err := encode(vote.Answer)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%s:%d", bytes.TrimSpace(key), vote.Count)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// UnmarshalJSON implements [json.Unmarshaler]. It keeps the order of the object's members.
func (v *Votes) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	*v = nil
	dec := json.NewDecoder(bytes.NewReader(data))
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		return errors.Join(errors.New("votes: not an object from answer to count"), err)
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return fmt.Errorf("votes: %w", err)
		}
		vote := Vote{Answer: name.(string)} // the decoder returns nothing else for a member's name
		if err := dec.Decode(&vote.Count); err != nil {
			return fmt.Errorf("votes: count of %q: %w", vote.Answer, err)
		}
		*v = append(*v, vote)
	}
	return nil
}

// A Writer writes results as JSON, one object a line. Whole lines go out in each Write of the underlying writer, and none
// is held back, so whoever reads along sees whole lines only, and a run that is killed loses none of its results.
type Writer struct {
	w     io.Writer
	lines bytes.Buffer // that are yet to go out
	err   error        // the first failure: what follows a broken line would not be readable
}

// together is how many bytes of lines make a Write of their own: of many results, a Write each would take the longest.
const together = 64 << 10

// NewWriter returns a Writer to w. It is for one goroutine.
func NewWriter(w io.Writer) *Writer { return &Writer{w: w} }

// Write writes results. A line that w takes only in part, as a full disk does, is cut off again if w is a file. After an
// error of w every later call fails with it.
func (w *Writer) Write(results ...Result) error {
	encoder := lineEncoder(&w.lines)
	for i, r := range results {
		if w.err != nil {
			return w.err
		}
		if r.Samples == nil {
			r.Samples = map[string]int{} // {}, not null, for a problem that had no turn
		}
		whole := w.lines.Len()
		if err := encoder.Encode(r); err != nil {
			w.lines.Truncate(whole)
			w.err = w.flush(r)
			return errors.Join(fmt.Errorf("writing the result of problem %q: %w", r.ID, err), w.err)
		}
		if w.lines.Len() >= together || i == len(results)-1 {
			w.err = w.flush(r)
		}
	}
	return w.err
}

// flush writes the lines, of which this result's is the last.
func (w *Writer) flush(last Result) error {
	defer w.lines.Reset()
	n, err := w.w.Write(w.lines.Bytes())
	if err != nil {
		whole := bytes.LastIndexByte(w.lines.Bytes()[:n], '\n') + 1
		return fmt.Errorf("writing the result of problem %q: %w", last.ID, errors.Join(err, w.cut(n-whole)))
	}
	return nil
}

// cut removes the n bytes written last, where the underlying writer can.
func (w *Writer) cut(n int) error {
	file, ok := w.w.(interface {
		io.Seeker
		Truncate(size int64) error
	})
	if !ok || n == 0 {
		return nil
	}
	end, err := file.Seek(int64(-n), io.SeekCurrent)
	if err != nil {
		return err
	}
	return file.Truncate(end)
}

// encode returns v as a line of JSON that leaves <, > and & readable.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	err := lineEncoder(&b).Encode(v)
	return b.Bytes(), err
}

func lineEncoder(w io.Writer) *json.Encoder {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e
}
