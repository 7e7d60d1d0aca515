using MtSockets.Infrastructure;
using MtSockets.Infrastructure.Leases;
using MtSockets.Infrastructure.Outbox;
using MtSockets.Infrastructure.Registry;

namespace MtSockets.Edge.Routing;

/// <summary>Asks the registry where users are, and the leases what these servers are.</summary>
internal sealed class RouteResolver(
    RegistryLookups registry, ServerDirectory directory, RouteLeases leases, ServerIdentity identity, TimeProvider time)
{
    /// <summary>For each user the other servers that hold him, MtSockets servers first. Always asks.</summary>
    public async ValueTask<IReadOnlyList<IReadOnlyList<OutboxTarget>>> ResolveAsync(
        IReadOnlyList<string> users, CancellationToken cancellationToken)
    {
        var questions = new RouteQuestion[users.Count];
        for (var i = 0; i < questions.Length; i++)
            questions[i] = new RouteQuestion(users[i], leases.Wanted(users[i]));

        var asked = time.GetTimestamp();
        var routes = await registry.LookupAsync(questions, cancellationToken);
        var targets = new IReadOnlyList<OutboxTarget>[routes.Count];
        for (var i = 0; i < targets.Length; i++)
        {
            targets[i] = await TargetsOfAsync(routes[i], cancellationToken);
            // A server that is named but not alive now may be so in a moment, and waits for nobody's lease.
            if (routes[i].Servers.All(server => server == identity.ServerId || targets[i].Any(target => target.ServerId == server)))
                leases.Note(new KnownRoute(users[i], targets[i], asked, routes[i].IsLeased));
        }

        return targets;
    }

    private async ValueTask<IReadOnlyList<OutboxTarget>> TargetsOfAsync(UserRoute route, CancellationToken cancellationToken)
    {
        if (route.Servers.Count == 0 && route.Last is null)
            return [];

        var targets = new List<OutboxTarget>(route.Servers.Count);
        foreach (var server in route.Servers)
        {
            if (server != identity.ServerId && await directory.StandingAsync(server, cancellationToken) == ServerStanding.Live)
                targets.Add(new OutboxTarget(server));
        }

        // A MtSockets server in this key is in the set as well, or has just left it. Only one of the first implementation is here alone.
        if (route.Last is { } last && last != identity.ServerId && !route.Servers.Contains(last)
            && await directory.StandingAsync(last, cancellationToken) == ServerStanding.Foreign)
        {
            leases.MeetFirstImplementation();
            targets.Add(new OutboxTarget(last, Plain: true));
        }

        return targets;
    }
}
