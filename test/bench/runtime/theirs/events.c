// Records that are there: what reading one takes.
#include "bench.h"

static __u64 seen, summed;

static int take(void *context, void *data, size_t size)
{
	const struct event *e = data;
	seen++;
	summed += e->first;
	return 0;
}

void events(struct bpf_object *object)
{
	int ring_fd = map_fd(object, "ring");
	int program = bpf_program__fd(bpf_object__find_program_by_name(object, "fill"));
	double times[ROUNDS];
	struct ring_buffer *ring = ring_buffer__new(ring_fd, take, NULL, NULL);
	for (int round = 0; round < ROUNDS; round++) {
		__u32 count = EVENTS;
		LIBBPF_OPTS(bpf_test_run_opts, options, .ctx_in = &count, .ctx_size_in = sizeof(count));
		if (!ring || bpf_prog_test_run_opts(program, &options) || options.retval != EVENTS)
			fail("fill");
		seen = 0;
		double start = now();
		ring_buffer__consume(ring);
		times[round] = (now() - start) / EVENTS;
		if (seen != EVENTS)
			fail("consume");
	}
	printf("event_ns %f\n", best(times));
	ring_buffer__free(ring);
}
