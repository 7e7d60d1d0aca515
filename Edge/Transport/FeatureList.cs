using System.Collections;
using Microsoft.AspNetCore.Http.Features;

namespace MtSockets.Edge.Transport;

/// <summary>The features of a connection: those it is itself, and the few that are added. Smaller than a dictionary, of which each connection would keep one.</summary>
internal sealed class FeatureList(object self) : IFeatureCollection
{
    private KeyValuePair<Type, object>[] _added = [];

    public bool IsReadOnly => false;

    public int Revision { get; private set; }

    public object? this[Type key]
    {
        get
        {
            foreach (var (type, feature) in _added)
            {
                if (type == key)
                    return feature;
            }

            return key.IsInstanceOfType(self) ? self : null;
        }

        set
        {
            Revision++;
            var rest = Array.FindAll(_added, entry => entry.Key != key);
            _added = value is null ? rest : [.. rest, KeyValuePair.Create(key, value)];
        }
    }

    public TFeature? Get<TFeature>() => (TFeature?)this[typeof(TFeature)];

    public void Set<TFeature>(TFeature? instance) => this[typeof(TFeature)] = instance;

    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() => ((IEnumerable<KeyValuePair<Type, object>>)_added).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
