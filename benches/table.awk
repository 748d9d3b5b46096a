# Turns what benches/compare.sh measured into Markdown. Reads in this order the programs' versions,
# compare.commands, the names of those that saw no key, and the results.
BEGIN { FS = "\t" }

function time(ms) {
  if (ms >= 1000) return sprintf("%.*f s", ms < 10000, ms / 1000)
  return sprintf("%.*f ms", ms < 100, ms)
}
function megabytes(kilobytes) { return sprintf("%.1f MB", kilobytes / 1024) }
function times(ratio) { return sprintf("%.*f×", ratio < 0.95 ? 2 : ratio < 9.95, ratio) }

# Exit codes that say "looked": 0, and where keys may stand the ones for keys.
function looked(kind, code) { return code == 0 || kind ~ /tree|history/ && code ~ /^(1|200|205)$/ }

FNR == 1 { part++ }
part == 1 {
  programs++
  program[programs] = $1
  version[$1] = $2
  next
}
FILENAME ~ /compare.commands$/ {
  if (!/^[a-z]+ [a-z-]+: /) next
  kind = $0; sub(/ .*/, "", kind)
  name = $0; sub(/^[^ ]* /, "", name); sub(/:.*/, "", name)
  command[kind, name] = $0; sub(/^[^:]*: /, "", command[kind, name])
  next
}
FILENAME ~ /blind$/ { blind[$1] = 1; next }
{
  row = $2
  if (!(row in kind_of)) { rows[++count] = row; kind_of[row] = $1; shown[$1] = shown[$1] || $1 != "hook" }
  runs[row, $3] = $4
  # Wall time stands in fields 5 to 7, CPU time in the next three.
  ours = clock == "cpu" ? 8 : 5
  other = 13 - ours
  took[row, $3] = $ours; ratio[row, $3] = $(ours + 1); more[row, $3] = $(ours + 2)
  other_ratio[row, $3] = $(other + 1); other_more[row, $3] = $(other + 2)
  memory[row, $3] = $11; code[row, $3] = $12
}

function cell(row, name) {
  if (command[kind_of[row], name] ~ /^- /) return "–"
  if (!((row, name) in code)) return "missing"
  if (code[row, name] == -1) return sprintf(clock == "cpu" ? "over %d s" : "over %.0f×", clock == "cpu" ? limit : limit * 1000 / took[row, "keystop"])
  if (!looked(kind_of[row], code[row, name])) return "exit " code[row, name]
  if (!looked(kind_of[row], code[row, "keystop"])) return time(took[row, name])
  return times(ratio[row, name])
}

function bar(text, measured, holds, other) {
  print "| " text " | " measured " | " (holds ? "holds" : "**missed**") " | " other " |"
}
function peer_bar(row, name, least) {
  if ((row, name) in ratio && looked(kind_of[row], code[row, name]))
    bar(row ": at least " least " × faster than " name, times(ratio[row, name]), ratio[row, name] >= least, times(other_ratio[row, name]))
}
function floor_bar(row, name, most,   own) {
  if (!((row, name) in ratio) || !ratio[row, name]) return
  own = 1 / ratio[row, name]
  bar(row ": at most " most " × what " name " takes", times(own), own <= most, times(1 / other_ratio[row, name]))
}

END {
  head = "| the same work" (clock == "cpu" ? ", in CPU time" : "") " | runs | keystop " version["keystop"] " | its memory |"
  line = "|---|---|---|---|"
  for (at = 2; at <= programs; at++) {
    name = program[at]
    if (version[name] == "missing") { missing = missing (missing ? ", " : "") name; continue }
    head = head " " name " " version[name] " |"
    line = line "---|"
  }
  print head "\n" line
  for (number = 1; number <= count; number++) {
    row = rows[number]
    if (kind_of[row] == "hook") continue
    fewest = most = runs[row, "keystop"]
    cells = ""
    for (at = 2; at <= programs; at++) {
      name = program[at]
      if (version[name] == "missing") continue
      cells = cells " " cell(row, name) " |"
      if ((row, name) in code && code[row, name] != -1 && runs[row, name] < fewest) fewest = runs[row, name]
    }
    own = looked(kind_of[row], code[row, "keystop"]) ? time(took[row, "keystop"]) : "exit " code[row, "keystop"]
    printf "| %s | %s | %s | %s |%s\n", row, fewest == most ? most : fewest "–" most, own, megabytes(memory[row, "keystop"]), cells
  }
  for (number = 1; number <= count; number++) {
    row = rows[number]
    if (kind_of[row] == "hook")
      printf "\nOf a `git commit` keystop's hook takes %.2f ms%s more than an empty hook written in C, and that %.2f ms more than no hook (%d runs).\n", more[row, "keystop"], clock == "cpu" ? " of CPU time" : "", -more[row, "none"], runs[row, "keystop"]
  }
  if (missing) print "\nNot measured, since it could not be installed: " missing "."
  for (at = 1; at <= programs; at++)
    if (program[at] in blind) print "\n" program[at] " let a private key pass in that repository, so that its time says little."
  print "\nWhat each of them ran:\n"
  for (number = split("commit push tree history", kinds, " "); number > 0; number--) order[number] = kinds[number]
  for (number = 1; number in order; number++) {
    if (!shown[order[number]]) continue
    text = ""
    for (at = 1; at <= programs; at++) {
      name = program[at]
      what = command[order[number], name]
      if (version[name] == "missing") continue
      text = text (text ? "; " : "") (what ~ /^- / ? name " – (" substr(what, 3) ")" : "`" what "`")
    }
    print "- " order[number] ": " text
  }
  if (!bars) exit
  print "\n| bar | measured | | by " (clock == "cpu" ? "the clock" : "CPU time") " |\n|---|---|---|---|"
  small = "one-line commit, 200 files"
  large = "one-line commit, 100,000 files"
  floor_bar(small, "git", 0.6)
  floor_bar(large, "git", 0.15)
  peer_bar(small, "betterleaks", 40)
  peer_bar(small, "ripsecrets", 40)
  peer_bar(small, "gitleaks", 150)
  peer_bar(small, "kingfisher", 150)
  for (number = 1; number <= count; number++) {
    row = rows[number]
    if (kind_of[row] == "hook") bar("its hook: at most 1.5 ms over an empty one", sprintf("%.2f ms", more[row, "keystop"]), more[row, "keystop"] <= 1.5, sprintf("%.2f ms", other_more[row, "keystop"]))
    if (kind_of[row] != "tree") continue
    quickest = ""
    for (at = 4; at <= programs; at++)
      if ((row, program[at]) in ratio && looked("tree", code[row, program[at]]) && (!quickest || ratio[row, program[at]] < ratio[row, quickest])) quickest = program[at]
    if (quickest) peer_bar(row, quickest, 6)
    floor_bar(row, "rg", 3)
  }
  if ((large, "keystop") in memory) bar(large ": at most 30 MB of memory", megabytes(memory[large, "keystop"]), memory[large, "keystop"] <= 30 * 1024)
  bar("the binary: at most 10 MB", sprintf("%.1f MB", size / 1e6), size <= 10e6)
}
