package problems_test

import (
	"bytes"
	"errors"
	"reflect"
	"testing"

	"github.com/parquet-go/parquet-go"

	"caucus/problems"
)

func TestParquetResultsReadBackAsTheyWere(t *testing.T) {
	plain := problems.Result{ID: "p2", Problem: "x\ny", Votes: problems.Votes{}, Samples: map[string]int{}}
	var out bytes.Buffer
	if err := problems.WriteParquet(&out, []problems.Result{result, plain}); err != nil {
		t.Fatal(err)
	}
	got, err := parquet.Read[problems.Result](bytes.NewReader(out.Bytes()), int64(out.Len()))
	want := result
	want.Votes = problems.Votes{{"b\"", 3}, {"2<3", 3}, {"c", 2}, {"a", 1}}
	if err != nil || !reflect.DeepEqual(got, []problems.Result{want, plain}) {
		t.Errorf("got  %+v, %v\nwant %+v", got, err, []problems.Result{want, plain})
	}
}

func TestParquetResultsHaveTheColumnsOfTheManual(t *testing.T) {
	var out bytes.Buffer
	if err := problems.WriteParquet(&out, nil); err != nil {
		t.Fatal(err)
	}
	file, err := parquet.OpenFile(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	const want = `message Result {
	required binary id (STRING);
	required binary problem (STRING);
	required binary answer (STRING);
	optional binary reference (STRING);
	optional boolean correct;
	required binary verdict (STRING);
	required group votes (LIST) {
		repeated group list {
			required group element {
				required binary answer (STRING);
				required int64 count (INT(64,true));
			}
		}
	}
	required group samples (MAP) {
		repeated group key_value {
			required binary key (STRING);
			required int64 value (INT(64,true));
		}
	}
	required double seconds;
	required int64 tokens (INT(64,true));
}`
	if got := file.Schema().String(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("broken") }

func TestParquetThatCannotBeWrittenIsAnError(t *testing.T) {
	if err := problems.WriteParquet(brokenWriter{}, []problems.Result{result}); err == nil {
		t.Error("no error")
	}
}
