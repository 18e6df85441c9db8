package gen

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
)

// trialPrimes are the divisors that are tried. A number beyond 23 squared that none of them divides is taken for prime:
// trying more would not fit, so the families draw no number of which that is wrong.
var trialPrimes = []int64{2, 3, 5, 7, 11, 13, 17, 19}

// remainderSteps is the remainder of n by a small prime, digit by digit: each value is the remainder before with the
// next digit behind it.
//
//	7:15r1,14r0,3r3
//
// For 2 and 5 the last digit is enough.
func remainderSteps(n, p int64) string {
	if p == 2 || p == 5 {
		return fmt.Sprintf("%d:%dr%d", p, n%10, n%p)
	}
	var steps []string
	for value := range dividends(n, p) {
		steps = append(steps, fmt.Sprintf("%dr%d", value, value%p))
	}
	return fmt.Sprintf("%d:%s", p, strings.Join(steps, ","))
}

// smallestTrial is the smallest of the trial primes that divides n and is below it, or 0.
func smallestTrial(n int64) int64 {
	for _, p := range trialPrimes {
		if n%p == 0 && n > p {
			return p
		}
	}
	return 0
}

// isPrime is exact: the test that it calls has no exception below 2^64.
func isPrime(n int64) bool { return big.NewInt(n).ProbablyPrime(0) }

func makeIsPrime(r *rand.Rand, level float64) Item {
	size := min(12, sizeAt(r, level, 1, 13))
	wantPrime := chance(r, 0.5)
	n := 1 + withDigits(r, size)
	for isPrime(n) != wantPrime || !wantPrime && smallestTrial(n) == 0 {
		n = 1 + withDigits(r, size)
		if chance(r, 0.7) {
			n |= 1
		}
	}
	var lines []string
	for _, p := range trialPrimes {
		if p*p > n {
			lines = append(lines, fmt.Sprintf("%d*%d>%d", p, p, n))
			break
		}
		lines = append(lines, remainderSteps(n, p))
		if n%p == 0 {
			break
		}
	}
	verdict := "composite"
	if wantPrime {
		verdict = "prime"
	}
	lines = append(lines, verdict)
	answer := wantPrime
	formal := []string{"Is {1} prime?", "Is {1} a prime number?"}
	casual := []string{"is {1} prime?", "{1} prime?", "is {1} a prime?", "is the number {1} prime?"}
	if chance(r, 0.5) {
		answer = !wantPrime
		formal = []string{"Is {1} composite?", "Is {1} a composite number?"}
		casual = []string{"is {1} composite?", "is {1} a composite number?", "{1} composite?"}
	}
	return Item{
		Problem:  spell(wording(r, formal, casual), n),
		Solution: joinLines(lines...),
		Answer:   truth(answer),
	}
}

// drawFactored draws a number of which at most one prime factor is not a trial prime.
func drawFactored(r *rand.Rand, level float64) int64 {
	size := min(8, sizeAt(r, level, 1, 10))
	for {
		n := 1 + withDigits(r, size)
		rest := n
		for p := smallestTrial(rest); p > 0; p = smallestTrial(rest) {
			rest /= p
		}
		if isPrime(rest) {
			return n
		}
	}
}

func makePrimeFactors(r *rand.Rand, level float64) Item {
	n := drawFactored(r, level)
	factors, lines := factorLines(n)
	answer := joined(factors)
	form := wording(r,
		[]string{"What are the prime factors of {1}?", "List the prime factors of {1}."},
		[]string{
			"prime factors of {1}?", "find the prime factors of {1}.", "which primes divide {1}?",
			"list all prime factors of {1}.",
		})
	return Item{Problem: spell(form, n), Solution: joinLines(append(lines, answer)...), Answer: answer}
}

// factorLines finds the different prime factors of n > 1. It tries each divisor until it fails.
func factorLines(n int64) (factors []int64, lines []string) {
	for _, p := range trialPrimes {
		for n >= p*p {
			lines = append(lines, remainderSteps(n, p))
			if n%p != 0 {
				break
			}
			factors, lines = append(factors, p), append(lines, primeQuotient(n, p))
			n /= p
		}
		if n < p*p {
			lines = append(lines, fmt.Sprintf("%d*%d>%d", p, p, n))
			break
		}
	}
	return slices.Compact(append(factors, n)), lines
}

// primeQuotient is the working of n/p for a prime that is known to divide n.
func primeQuotient(n, p int64) string {
	if p == 2 {
		return halving(n)
	}
	if n < 100 {
		return fmt.Sprintf("%d/%d=%d", n, p, n/p)
	}
	return statedDivision(n, p)
}

// halving states n/2: each digit of the half follows from two neighbouring digits of n.
func halving(n int64) string { return fmt.Sprintf("%d/2=%dr%d", n, n/2, n%2) }
