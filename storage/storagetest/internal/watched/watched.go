// Package watched runs a server for as long as the test binary lives.
package watched

import "os/exec"

// Command returns a command that runs the server argv and, when its own
// standard input ends, stops the server and removes the folder dir. The test
// binary holds the other end of that input and never writes to it: it ends
// with the test binary, also when that is killed.
func Command(dir string, argv ...string) *exec.Cmd {
	return exec.Command("/bin/sh", append([]string{"-c", script, dir}, argv...)...)
}

// script gives the server a standard input of its own; when the server ends by
// itself, the script ends with it.
const script = `exec 3<&0
"$@" </dev/null & server=$!
{ cat <&3 >/dev/null; kill -QUIT $server 2>/dev/null; } & watch=$!
exec 3<&-
wait $server; status=$?
kill $watch 2>/dev/null
rm -rf "$0"
exit $status`
