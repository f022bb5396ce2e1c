// Runs a program by its id, at a pace: producer ID COUNT A_SECOND AT_ONCE.
#include <bpf/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Shorter waits are spent looking at the clock: a sleep takes some 50 us longer than it should. */
enum { SPIN_NS = 100000 };

static long now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000L + t.tv_nsec;
}

static void wait_until(long due)
{
	long before = due - SPIN_NS;
	struct timespec t = { before / 1000000000L, before % 1000000000L };
	if (now() < before)
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
	while (now() < due)
		;
}

int main(int argc, char **arguments)
{
	if (argc != 5)
		return 2;
	int fd = bpf_prog_get_fd_by_id(atoi(arguments[1]));
	long total = atol(arguments[2]), rate = atol(arguments[3]);
	__u32 burst = atoi(arguments[4]);
	LIBBPF_OPTS(bpf_test_run_opts, options, .ctx_in = &burst, .ctx_size_in = sizeof(burst));
	long start = now();
	for (long sent = 0; sent < total; sent += burst) {
		wait_until(start + (long)(sent * 1e9 / rate));
		if (fd < 0 || bpf_prog_test_run_opts(fd, &options)) {
			perror("test run");
			return 1;
		}
	}
	/* What the pace was in fact. */
	printf("%f\n", total * 1e9 / (now() - start));
	return 0;
}
