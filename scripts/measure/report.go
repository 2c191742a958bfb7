package main

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"
)

// report is what BENCHMARKS.md says.
func (m *measurement) report() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d pages (%d of them of kinds that nobody knows), %d printed fields, noise %.1f times as measured, seed %d.\n\n",
		m.pages, m.foreign, m.printed, m.strength, m.seed)
	fmt.Fprintf(&b, "| | kinds | fields |\n|---|---|---|\n")
	row := func(name string, of func([]judged, int) string) {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", name, of(m.kinds, len(m.kinds)), of(m.fields, m.printed))
	}
	row("right, accepted or not", func(all []judged, n int) string { return rate(count(all, judged.isRight), n) })
	row("accepted without a person", func(all []judged, n int) string { return rate(count(all, judged.isAccepted), n) })
	row("accepted and wrong, of those accepted", func(all []judged, _ int) string {
		bad, of := count(all, judged.slipped), count(all, judged.isAccepted)
		return fmt.Sprintf("%s, at most %.2f %%", rate(bad, of), 100*upper(bad, of))
	})
	fmt.Fprintf(&b, "| unknown papers that got a name | %s | |\n", rate(m.misnamed, m.foreign))
	fmt.Fprintf(&b, "| CPU a page, classify and extract | %.2f ms | |\n\n", float64(m.cpu.Microseconds())/float64(time.Millisecond/time.Microsecond)/float64(m.pages))
	b.WriteString(m.gates())
	b.WriteString(m.matrix())
	return b.String()
}

// gates says what one gate for all fields would give.
func (m *measurement) gates() string {
	var b strings.Builder
	b.WriteString("| one gate for all fields | accepted of those printed | accepted and wrong |\n|---|---|---|\n")
	for _, gate := range []float64{0.80, 0.90, 0.92, 0.94, 0.95, 0.96} {
		all := slices.Clone(m.fields)
		for i := range all {
			all[i].accepted = all[i].confidence >= gate
		}
		bad, of := count(all, judged.slipped), count(all, judged.isAccepted)
		fmt.Fprintf(&b, "| %.2f | %s | %s, at most %.2f %% |\n", gate, rate(of, m.printed), rate(bad, of), 100*upper(bad, of))
	}
	return b.String() + "\n"
}

func (j judged) isRight() bool    { return j.right }
func (j judged) isAccepted() bool { return j.accepted }
func (j judged) slipped() bool    { return j.accepted && !j.right }

func count(all []judged, is func(judged) bool) (n int) {
	for _, j := range all {
		if is(j) {
			n++
		}
	}
	return n
}

func rate(n, of int) string {
	return fmt.Sprintf("%.2f %% (%d of %d)", 100*float64(n)/float64(max(of, 1)), n, of)
}

// matrix lists what was taken for what; the diagonal is left out, since with
// some forty kinds it would be all there is.
func (m *measurement) matrix() string {
	if len(m.confusion) == 0 {
		return "No kind was taken for another.\n"
	}
	pairs := slices.SortedFunc(maps.Keys(m.confusion), func(a, b [2]string) int {
		return cmp.Or(cmp.Compare(m.confusion[b], m.confusion[a]), slices.Compare(a[:], b[:]))
	})
	var b strings.Builder
	b.WriteString("Confusions, the right ones left out:\n\n| is | taken for | pages |\n|---|---|---|\n")
	for _, p := range pairs {
		fmt.Fprintf(&b, "| %s | %s | %d |\n", p[0], p[1], m.confusion[p])
	}
	return b.String()
}

// upper is the upper end of the two-sided 95 % interval of Clopper and Pearson
// for bad of n: the share at which so few are seen in one case of forty.
func upper(bad, n int) float64 {
	if n == 0 || bad == n {
		return 1
	}
	low, high := float64(bad)/float64(n), 1.0
	for range 60 {
		p := (low + high) / 2
		if atMost(bad, n, p) > 0.025 {
			low = p
		} else {
			high = p
		}
	}
	return high
}

// atMost is the probability of at most k of n at the rate p.
func atMost(k, n int, p float64) float64 {
	total := 0.0
	for i := range k + 1 {
		choose, _ := math.Lgamma(float64(n + 1))
		a, _ := math.Lgamma(float64(i + 1))
		b, _ := math.Lgamma(float64(n - i + 1))
		total += math.Exp(choose - a - b + float64(i)*math.Log(p) + float64(n-i)*math.Log1p(-p))
	}
	return total
}
