// The same work on libbpf, in C: main PART OBJECT [TRAFFIC].
#include "bench.h"

int main(int count, char **arguments)
{
	if (count < 2)
		return 2;
	const char *part = arguments[1];
	if (!strcmp(part, "types")) {
		kernel_types();
		return 0;
	}
	if (count < 3)
		return 2;
	if (!strcmp(part, "load")) {
		load(arguments[2]);
		return 0;
	}
	struct bpf_object *object = bpf_object__open_file(arguments[2], NULL);
	if (!object)
		fail(arguments[2]);
	if (bpf_object__load(object))
		fail("load");
	if (!strcmp(part, "elements"))
		elements(object);
	else if (!strcmp(part, "events"))
		events(object);
	else if (!strcmp(part, "live") && count == 7)
		live(object, &(struct traffic){ arguments[3], atol(arguments[4]), atol(arguments[5]),
						atoi(arguments[6]) });
	else
		return 2;
	bpf_object__close(object);
	return 0;
}
