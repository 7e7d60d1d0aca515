using Xunit;

// The tests share two cores and, most of them, two brokers: one after the other they tell more and are no slower.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
