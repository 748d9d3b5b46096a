/* Runs commands in turn and says what each of them costs: paired SECONDS LIMIT <COMMANDS
 *
 * COMMANDS has lines "name: command" and the first is what the others are compared with. In every
 * round each command runs once, and a result is the median over the rounds of its time beside the
 * first one's in the same round: a machine that others use too changes between the runs, and a
 * program that finishes one command before it begins the next would compare two different machines.
 *
 * A command takes part until it has run 200 times or used up its SECONDS, but three times at least.
 * One that runs longer than LIMIT seconds is ended. " < file" behind a command is its input; one
 * with a shell's signs in it goes through sh, any other is started as it is.
 *
 * Prints a line for each, with tabs between: name, runs, the medians of its ms, their ratio to the
 * first's and their difference, the same three of its CPU time (which other users of the machine
 * hardly change), peak memory in KB, exit code (-1: over LIMIT).
 * This is C because a parent's memory counts as its child's until the child has begun. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { COMMANDS = 16, ROUNDS = 200, FEWEST = 3, WORDS = 64 };

struct measure {
  double own[ROUNDS], ratio[ROUNDS], more[ROUNDS];
};

struct command {
  char *name, *input, *words[WORDS];
  int runs, code, over;
  struct measure wall, cpu;
  double used;
  long memory;
};

static struct command commands[COMMANDS];
static volatile pid_t running;
static volatile sig_atomic_t late;

/* A command may have started others, so all of its group goes. */
static void stop(int signal) {
  if (running) kill(-running, SIGKILL);
  if (signal != SIGALRM) _exit(128 + signal);
  late = 1;
}

static void fail(const char *what) {
  fprintf(stderr, "paired: %s\n", what);
  exit(2);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

static double milliseconds(struct timeval time) { return time.tv_sec * 1e3 + time.tv_usec / 1e3; }

static void parse(struct command *command, char *line) {
  char *text = strstr(line, ": ");
  if (!text) fail("a line is no \"name: command\"");
  *text = 0;
  command->name = line;
  text += 2;
  int shell = strpbrk(text, "|$") != NULL;
  char *input = shell ? NULL : strstr(text, " < ");
  if (input) *input = 0;
  command->input = input ? input + 3 : "/dev/null";
  int count = 0;
  if (shell) {
    command->words[count++] = "sh";
    command->words[count++] = "-c";
    command->words[count++] = text;
  } else {
    for (char *word = strtok(text, " "); word; word = strtok(NULL, " ")) {
      if (count + 1 == WORDS) fail("a command has too many words");
      command->words[count++] = word;
    }
  }
}

/* Runs it once and keeps the times as those of its next run. */
static void run(struct command *command, unsigned limit) {
  extern char **environ;
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, command->input, O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(&files, 1, 2);
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  late = 0;
  alarm(limit);
  double begin = now();
  pid_t child;
  if (posix_spawnp(&child, command->words[0], &files, &attributes, command->words, environ)) {
    alarm(0);
    command->code = 127;
    command->over = 1;
    return;
  }
  running = child;
  int status;
  struct rusage usage;
  while (wait4(child, &status, 0, &usage) < 0) {}
  double took = now() - begin;
  running = 0;
  alarm(0);
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&attributes);
  command->code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  if (late) {
    command->code = -1;
    command->over = 1;
  }
  if (usage.ru_maxrss > command->memory) command->memory = usage.ru_maxrss;
  command->wall.own[command->runs] = took;
  command->cpu.own[command->runs] = milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime);
}

/* Puts the first command's last run beside this one's. */
static void compare(struct measure *measure, int at, double first) {
  measure->ratio[at] = measure->own[at] / first;
  measure->more[at] = measure->own[at] - first;
}

static int ascending(const void *one, const void *other) {
  double difference = *(const double *)one - *(const double *)other;
  return (difference > 0) - (difference < 0);
}

static double median(double *values, int count) {
  if (!count) return 0;
  qsort(values, count, sizeof *values, ascending);
  return (values[count / 2] + values[(count - 1) / 2]) / 2;
}

static void show(struct measure *measure, int runs) {
  printf("\t%.4f\t%.4f\t%.4f", median(measure->own, runs), median(measure->ratio, runs),
         median(measure->more, runs));
}

int main(int count, char **arguments) {
  if (count != 3) fail("usage: paired SECONDS LIMIT <COMMANDS");
  double budget = atof(arguments[1]) * 1e3;
  unsigned limit = atoi(arguments[2]);
  struct sigaction action = {.sa_handler = stop};
  sigaction(SIGALRM, &action, NULL);
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);

  int all = 0;
  char *line = NULL;
  size_t room = 0;
  ssize_t length;
  while ((length = getline(&line, &room, stdin)) > 0) {
    if (all == COMMANDS) fail("too many commands");
    if (line[length - 1] == '\n') line[length - 1] = 0;
    parse(&commands[all++], strdup(line));
  }

  /* The first run only warms up: it counts nowhere. */
  for (int at = 0; at < all; at++) run(&commands[at], limit);
  struct command *first = commands;
  for (int round = 0; round < ROUNDS; round++) {
    int ran[COMMANDS] = {0};
    /* The first goes on as long as any other, and who begins changes from round to round. */
    int left = 0;
    for (int step = 0; step < all; step++) {
      int at = (step + round) % all;
      struct command *command = &commands[at];
      int enough = command->runs >= FEWEST && command->used >= budget;
      if (command->over || (enough && at)) continue;
      left += at || !enough;
      run(command, limit);
      ran[at] = !command->over;
    }
    if (!left || first->over) break;
    double wall = first->wall.own[first->runs], cpu = first->cpu.own[first->runs];
    for (int at = 0; at < all; at++) {
      struct command *command = &commands[at];
      if (!ran[at]) continue;
      command->used += command->wall.own[command->runs];
      compare(&command->wall, command->runs, wall);
      compare(&command->cpu, command->runs, cpu);
      command->runs++;
    }
  }
  for (int at = 0; at < all; at++) {
    struct command *command = &commands[at];
    printf("%s\t%d", command->name, command->runs);
    show(&command->wall, command->runs);
    show(&command->cpu, command->runs);
    printf("\t%ld\t%d\n", command->memory, command->code);
  }
}
