package gen

import (
	"fmt"
	"math/rand/v2"
	"strconv"
)

const dayMinutes = 24 * 60

// clock is a time of day in minutes after midnight, or later for a following day.
type clock int

func (c clock) String() string { return fmt.Sprintf("%d:%02d", int(c)/60, int(c)%60) }

// spoken writes the time on a clock of twelve hours.
func (c clock) spoken() string {
	c = (c + dayMinutes) % dayMinutes
	half := "AM"
	if c >= dayMinutes/2 {
		half = "PM"
	}
	hour := int(c) / 60 % 12
	if hour == 0 {
		hour = 12
	}
	return fmt.Sprintf("%d:%02d %s", hour, int(c)%60, half)
}

func makeTime(r *rand.Rand, level float64) Item {
	start := clock(r.IntN(dayMinutes))
	minutes := 1 + r.IntN(20+int(699*min(1, level/0.7)))
	if chance(r, 0.5) {
		return makeTimeBetween(r, start, minutes)
	}
	return makeTimeAfter(r, start, minutes)
}

// makeTimeBetween subtracts hours and minutes, on a clock that counts on past midnight.
func makeTimeBetween(r *rand.Rand, start clock, minutes int) Item {
	end := start + clock(minutes)
	hours := int(end)/60 - int(start)/60
	rest := int(end)%60 - int(start)%60
	_, sum := Add(Int(int64(hours*60)), Int(int64(rest)))
	lines := []string{start.String()}
	if end >= dayMinutes {
		lines = append(lines, (end-dayMinutes).String()+"+24="+end.String())
	} else {
		lines = append(lines, end.String())
	}
	lines = append(lines,
		fmt.Sprintf("%d-%d=%d", int(end)/60, int(start)/60, hours),
		fmt.Sprintf("%d-%d=%d", int(end)%60, int(start)%60, rest),
		fmt.Sprintf("%d*60=%d", hours, hours*60), sum)
	form := wording(r,
		[]string{"How many minutes are there between {1} and {2}?"},
		[]string{
			"how many minutes from {1} to {2}?", "minutes between {1} and {2}?", "how long is it from {1} to {2} in minutes?",
		})
	return Item{
		Problem:  spell(form, start.spoken(), end.spoken()),
		Solution: joinLines(lines...),
		Answer:   strconv.Itoa(minutes),
	}
}

// makeTimeAfter moves the hours, then the minutes with a carry between them, then the day.
func makeTimeAfter(r *rand.Rand, start clock, minutes int) Item {
	_, _, split := DivMod(int64(minutes), 60)
	sign, word := 1, "after"
	if chance(r, 0.5) {
		sign, word = -1, "before"
	}
	hour := int(start)/60 + sign*(minutes/60)
	minute := int(start)%60 + sign*(minutes%60)
	mark := string("- +"[sign+1])
	lines := []string{
		start.String(), split,
		fmt.Sprintf("%d%s%d=%d", int(start)/60, mark, minutes/60, hour),
		fmt.Sprintf("%d%s%d=%d", int(start)%60, mark, minutes%60, minute),
	}
	if minute < 0 {
		hour, minute = hour-1, minute+60
		lines = append(lines, fmt.Sprintf("+60,-1:%d:%02d", hour, minute))
	} else if minute >= 60 {
		hour, minute = hour+1, minute-60
		lines = append(lines, fmt.Sprintf("-60,+1:%d:%02d", hour, minute))
	}
	if hour < 0 {
		hour += 24
		lines = append(lines, fmt.Sprintf("+24:%d:%02d", hour, minute))
	} else if hour >= 24 {
		hour -= 24
		lines = append(lines, fmt.Sprintf("-24:%d:%02d", hour, minute))
	}
	answer := clock(hour*60 + minute).spoken()
	form := wording(r,
		[]string{"What is {1} minutes {2} {3}?"},
		[]string{"what time is it {1} minutes {2} {3}?", "{1} minutes {2} {3}?", "what is the time {1} min {2} {3}?"})
	return Item{
		Problem:  spell(form, minutes, word, start.spoken()),
		Solution: joinLines(append(lines, answer)...),
		Answer:   answer,
	}
}
