namespace MtSockets.Infrastructure.Registry;

/// <summary>
/// Gathers the look-ups of all connections: while one round trip is under way, what is asked meanwhile goes into the next,
/// each user once. Under load a look-up then costs next to nothing, and no answer is older than its question, because a
/// round begins only with questions that were asked before it.
/// </summary>
internal sealed class RegistryLookups(IUserRegistry registry)
{
    // One round in the making of an answer while another is on its way; more would only make the rounds smaller.
    private const int MaxRounds = 2;

    private readonly Lock _lock = new();
    private Round _gathering = new();
    private int _running;

    /// <summary>The answers, in the order of the questions.</summary>
    public async ValueTask<IReadOnlyList<UserRoute>> LookupAsync(IReadOnlyList<RouteQuestion> questions, CancellationToken cancellationToken)
    {
        Round round;
        int[] places;
        var begin = false;
        lock (_lock)
        {
            round = _gathering;
            places = round.Add(questions);
            if (_running < MaxRounds)
            {
                _running++;
                begin = true;
                _gathering = new Round();
            }
        }

        if (begin)
            round.Running = RunAsync(round);
        var routes = await round.Answer.WaitAsync(cancellationToken);
        var mine = new UserRoute[places.Length];
        for (var i = 0; i < mine.Length; i++)
            mine[i] = routes[places[i]];
        return mine;
    }

    private async Task RunAsync(Round round)
    {
        while (true)
        {
            await round.RunAsync(registry);
            lock (_lock)
            {
                if (_gathering.IsEmpty)
                {
                    _running--;
                    return;
                }

                round = _gathering;
                _gathering = new Round();
            }
        }
    }

    private sealed class Round
    {
        private readonly TaskCompletionSource<IReadOnlyList<UserRoute>> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
        private readonly List<RouteQuestion> _questions = [];

        /// <summary>The rounds that began with this one.</summary>
        public Task Running { get; set; } = Task.CompletedTask;

        public Task<IReadOnlyList<UserRoute>> Answer => _answer.Task;

        public bool IsEmpty => _questions.Count == 0;

        public int[] Add(IReadOnlyList<RouteQuestion> questions)
        {
            var places = new int[questions.Count];
            for (var i = 0; i < places.Length; i++)
            {
                var question = questions[i];
                if (!_places.TryGetValue(question.UserId, out places[i]))
                {
                    _places[question.UserId] = places[i] = _questions.Count;
                    _questions.Add(question);
                }
                else if (question.Lease > _questions[places[i]].Lease)
                {
                    _questions[places[i]] = question;
                }
            }

            return places;
        }

        public async Task RunAsync(IUserRegistry registry)
        {
            try
            {
                // Bounded by the registry itself: nobody's cancellation may end what others wait for.
                _answer.SetResult(await registry.LookupAsync(_questions, CancellationToken.None));
            }
            catch (Exception e)
            {
                _answer.SetException(e);
            }
        }
    }
}
