// Records as they come: how late they are, and whether any is lost.
#include "bench.h"
#include <sys/resource.h>

static double *delays;
static long received, total;
static __u64 sum;

static int take(void *context, void *data, size_t size)
{
	const struct event *e = data;
	if (received < total)
		delays[received] = now() - e->time;
	received++;
	sum += e->first;
	return 0;
}

static __u64 count_of(int fd, __u32 index)
{
	__u64 value = 0;
	if (bpf_map_lookup_elem(fd, &index, &value))
		fail("counts");
	return value;
}

static double cpu_ns(void)
{
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e9 +
	       (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e3;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

void live(struct bpf_object *object, const struct traffic *traffic)
{
	struct bpf_prog_info info = {};
	__u32 length = sizeof(info);
	int program = bpf_program__fd(bpf_object__find_program_by_name(object, "send"));
	int counts = map_fd(object, "counts");
	char command[512];
	double rate = 0;
	if (bpf_obj_get_info_by_fd(program, &info, &length))
		fail("info");
	total = traffic->count;
	delays = calloc(total, sizeof(*delays));
	struct ring_buffer *ring = ring_buffer__new(map_fd(object, "live"), take, NULL, NULL);
	snprintf(command, sizeof(command), "%s %u %ld %ld %d", traffic->producer, info.id, total, traffic->rate,
		 traffic->burst);
	double cpu = cpu_ns(), start = now();
	FILE *producer = popen(command, "r");
	if (!ring || !producer)
		fail(command);
	/* The program's own counts end it: it may lose the last ones. */
	while (received + (long)count_of(counts, 1) < total)
		ring_buffer__poll(ring, 50);
	double used = (cpu_ns() - cpu) / (now() - start);
	if (fscanf(producer, "%lf", &rate) != 1 || pclose(producer))
		fail("producer");
	qsort(delays, received, sizeof(*delays), ascending);
	printf("p50_us %f\np99_us %f\n", delays[received / 2] / 1e3, delays[received * 99 / 100] / 1e3);
	printf("lost %ld\nrate %f\ncpu_percent %f\n", total - received, rate, used * 100);
	ring_buffer__free(ring);
}
