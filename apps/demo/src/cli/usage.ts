/** What `--help` prints, and what a mistake on the command line is answered with. */
export const usage = `Usage: demo [command] [options]

Starts a replicated key-value service on Raft: real processes, real TCP, one live web page.

  demo                         start 5 nodes and the page, until Ctrl-C
  demo --nodes 3 --load 200    start 3 nodes and 200 requests per second

Reaching a demo that runs in another terminal:
  demo status                  who leads, who is up
  demo put <key> <value>       write a key        [--node n1] [--if-match <revision>|*]
  demo get <key>               read a key         [--node n1] [--read index|stale]
  demo delete <key>            remove a key       [--node n1] [--if-match <revision>|*]
  demo kill <node>             SIGKILL it
  demo pause <node>            SIGSTOP it
  demo resume [node]           SIGCONT it, or all that are paused
  demo restart <node>          start it again, on the data it left
  demo partition <groups>      n1/n2,n3 cuts n1 off from n2 and n3
  demo heal                    end the partition
  demo load <rate>             requests per second, 0..5000
  demo stop                    stop the demo

Without processes:
  demo scenario [name]         play stories in virtual time   [--seeds 1..20] [--list]
  demo check <file>            is a recorded history linearizable?   [--html report.html]

A cluster of its own, broken for a while under load, and a verdict on what it promised:
  demo chaos                   [--for 10m] [--nodes 5] [--rate 100] [--seed 1] [--json]

One node by hand, as the demo starts it:
  demo node --id n1 --listen 127.0.0.1:5001 --http 127.0.0.1:4001 --data ./n1
            --peers n2=127.0.0.1:5002,n3=127.0.0.1:5003

Options of start:
  --nodes <count>     1..9 (default 5)
  --port <port>       the page's; nodes take the ports after it; 0 picks free ones (default 4000)
  --data <directory>  keep the data there (default: a temporary directory, removed at the end)
  --load <rate>       requests per second to begin with, 0..5000 (default 0)
Everywhere:
  --json              one JSON object a line on standard output
  --control <file>    where the running demo tells how to reach it
  -h, --help          this text
`;
