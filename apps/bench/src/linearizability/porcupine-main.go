// Checks the histories in the files that it is given with Porcupine, and prints one line of JSON:
// the verdicts, and the CPU time of checking all of them in milliseconds, the first time and
// settled. Parsing is not measured.
package main

import (
	"encoding/json"
	"hash/fnv"
	"os"
	"regexp"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/anishathalye/porcupine"
)

// A compare-and-set register, as in Porcupine's own tests. nothing stands for nil.
const nothing = -1000000

type registerInput struct {
	kind          string
	first, second int
}

type registerOutput struct {
	swapped, unknown bool
	value            int
}

var registerModel = porcupine.Model{
	Init: func() interface{} { return nothing },
	Step: func(state, input, output interface{}) (bool, interface{}) {
		value, in, out := state.(int), input.(registerInput), output.(registerOutput)
		switch in.kind {
		case "read":
			return out.unknown || out.value == value, value
		case "write":
			return true, in.first
		}
		if value != in.first {
			return out.unknown || !out.swapped, value
		}
		return out.unknown || out.swapped, in.second
	},
}

// A key-value store, as in Porcupine's own tests.
type storeInput struct{ kind, key, value string }

type storeOutput struct {
	value   string
	unknown bool
}

var storeModel = porcupine.Model{
	PartitionEvent: func(history []porcupine.Event) [][]porcupine.Event {
		byKey := make(map[string][]porcupine.Event)
		keyOf := make(map[int]string)
		for _, event := range history {
			if event.Kind == porcupine.CallEvent {
				keyOf[event.Id] = event.Value.(storeInput).key
			}
			key := keyOf[event.Id]
			byKey[key] = append(byKey[key], event)
		}
		var partitions [][]porcupine.Event
		for _, events := range byKey {
			partitions = append(partitions, events)
		}
		return partitions
	},
	Init: func() interface{} { return "" },
	Step: func(state, input, output interface{}) (bool, interface{}) {
		value, in, out := state.(string), input.(storeInput), output.(storeOutput)
		switch in.kind {
		case "get":
			return out.unknown || out.value == value, value
		case "put":
			return true, in.value
		}
		return true, value + in.value
	},
	Hash: func(state interface{}) uint64 {
		hash := fnv.New64a()
		hash.Write([]byte(state.(string)))
		return hash.Sum64()
	},
}

type history struct {
	model  porcupine.Model
	events []porcupine.Event
}

// The calls of one file that have not returned yet, by process.
type openCalls struct {
	events []porcupine.Event
	ids    map[string]int
	next   int
}

func (calls *openCalls) call(process string, input interface{}) {
	event := porcupine.Event{Kind: porcupine.CallEvent, Value: input, Id: calls.next}
	calls.events = append(calls.events, event)
	calls.ids[process] = calls.next
	calls.next++
}

func (calls *openCalls) finish(process string, output interface{}) {
	event := porcupine.Event{Kind: porcupine.ReturnEvent, Value: output, Id: calls.ids[process]}
	calls.events = append(calls.events, event)
	delete(calls.ids, process)
}

// What never returned is placed at the end.
func (calls *openCalls) finishAll(output interface{}) {
	var left []string
	for process := range calls.ids {
		left = append(left, process)
	}
	sort.Strings(left)
	for _, process := range left {
		calls.finish(process, output)
	}
}

var registerLine = regexp.MustCompile(
	`jepsen\.util - (\d+)\s+:(invoke|ok|fail|info)\s+:(read|write|cas)\s+(.*)`)

func parseRegister(text string) history {
	calls := openCalls{ids: make(map[string]int)}
	for _, line := range strings.Split(text, "\n") {
		match := registerLine.FindStringSubmatch(line)
		if match == nil {
			continue
		}
		process, kind, name, value := match[1], match[2], match[3], match[4]
		numbers := numbersIn(value)
		switch {
		case kind == "invoke":
			calls.call(process, registerInput{name, numbers[0], numbers[1]})
		case kind == "ok" || name == "cas" && kind == "fail":
			output := registerOutput{swapped: kind == "ok", value: numbers[0]}
			calls.finish(process, output)
		case name == "read" && kind == "fail":
			calls.finish(process, registerOutput{unknown: true})
		}
	}
	calls.finishAll(registerOutput{unknown: true})
	return history{registerModel, calls.events}
}

// The numbers in `3`, `[1 2]` or `nil`, filled up to two.
func numbersIn(text string) [2]int {
	numbers := [2]int{nothing, nothing}
	for place, field := range strings.Fields(strings.Trim(text, "[]")) {
		if number, err := strconv.Atoi(field); err == nil && place < 2 {
			numbers[place] = number
		}
	}
	return numbers
}

var storeLine = regexp.MustCompile(
	`{:process (\d+), :type :(invoke|ok), :f :(get|put|append), :key "(.*)", :value (?:nil|"(.*)")}`)

func parseStore(text string) history {
	calls := openCalls{ids: make(map[string]int)}
	for _, line := range strings.Split(text, "\n") {
		match := storeLine.FindStringSubmatch(line)
		if match == nil {
			continue
		}
		process, kind, name, key, value := match[1], match[2], match[3], match[4], match[5]
		if kind == "invoke" {
			calls.call(process, storeInput{name, key, value})
		} else {
			calls.finish(process, storeOutput{value: value})
		}
	}
	calls.finishAll(storeOutput{unknown: true})
	return history{storeModel, calls.events}
}

func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// Checks all histories once.
func check(histories []history) ([]bool, time.Duration) {
	verdicts := make([]bool, len(histories))
	before := cpuTime()
	for place, one := range histories {
		verdicts[place] = porcupine.CheckEvents(one.model, one.events)
	}
	return verdicts, cpuTime() - before
}

// Checks all histories for at least the given time; returns how long once takes.
func measure(histories []history, atLeast time.Duration) time.Duration {
	var total time.Duration
	rounds := 0
	for ; total < atLeast; rounds++ {
		_, once := check(histories)
		total += once
	}
	return total / time.Duration(rounds)
}

func main() {
	var histories []history
	for _, path := range os.Args[1:] {
		text, err := os.ReadFile(path)
		if err != nil {
			panic(err)
		}
		if strings.HasSuffix(path, ".log") {
			histories = append(histories, parseRegister(string(text)))
		} else {
			histories = append(histories, parseStore(string(text)))
		}
	}
	runtime.GC()
	verdicts, first := check(histories)
	measure(histories, 300*time.Millisecond)
	settled := measure(histories, 500*time.Millisecond)
	json.NewEncoder(os.Stdout).Encode(map[string]interface{}{
		"verdicts":  verdicts,
		"firstMs":   milliseconds(first),
		"settledMs": milliseconds(settled),
	})
}

func milliseconds(duration time.Duration) float64 {
	return float64(duration.Nanoseconds()) / 1e6
}
