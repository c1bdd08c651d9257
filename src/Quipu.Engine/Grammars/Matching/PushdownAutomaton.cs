using System.Runtime.InteropServices;

namespace Quipu.Engine.Grammars.Matching;

/// <summary>
/// Reads texts by a network, byte by byte. Configurations and stacks are made once and found again, so that a text that goes on like
/// one before costs a look into a table a byte. The table is bounded; when it is full it is cleared. Not thread-safe.
/// </summary>
/// <remarks>
/// No rule is left-recursive: within one configuration calls can be entered in the order of the network's ranks, callers first, and all
/// callers of a rule are known when it is entered. They become one <see cref="StackNode"/>. A call that ends its own rule leaves nothing
/// on the stack, so that a right-recursive list needs no depth.
/// </remarks>
internal sealed class PushdownAutomaton
{
    private const int Dead = 1;

    private readonly Network _network;
    private readonly Dictionary<ConfigurationKey, Configuration> _known = [];
    private readonly Dictionary<Continuation[], StackNode> _stacks = new(new ContinuationsComparer());
    private readonly List<Configuration> _configurations = [];
    private readonly HashSet<(int State, int Stack)> _visited = [];
    private readonly Stack<(int State, StackNode Stack)> _todo = [];
    private readonly List<Item> _items = [];
    private readonly Dictionary<int, HashSet<Continuation>> _callers = [];
    private readonly PriorityQueue<int, int> _entering = new();
    private int[] _table = []; // [configuration, 256]: the next configuration's id, 0 where it is not known yet
    private bool _accepts;
    private int _nextStack = 1;

    /// <summary>Makes an automaton.</summary>
    public PushdownAutomaton(Network network)
    {
        _network = network;
        Clear();
    }

    /// <summary>Counts the clearings of the table.</summary>
    public int Epoch { get; private set; }

    /// <summary>The configuration before the first byte.</summary>
    public Configuration Start()
    {
        Begin();
        Visit(_network.Starts[_network.Root], StackNode.Bottom);
        return Finish();
    }

    /// <summary>The configuration after a byte; a dead one where no text of the grammar goes on so.</summary>
    public Configuration Read(Configuration from, byte value) => _configurations[Next(Current(from).Id, value)];

    /// <summary>A configuration as it is now, where the table has been cleared meanwhile.</summary>
    public Configuration Current(Configuration configuration) =>
        configuration.Epoch == Epoch ? configuration : Intern(configuration.Items, configuration.Accepts);

    /// <summary>The configuration of an id.</summary>
    public Configuration this[int id] => _configurations[id];

    /// <summary>The configuration that only some of the items, or none, make; a piece of another one.</summary>
    public Configuration Of(Item[] items) => Intern(items, accepts: false);

    /// <summary>The configuration when all items with a stack have ended.</summary>
    public Configuration Return(StackNode stack)
    {
        Begin();
        Visit(0, stack);
        return Finish();
    }

    /// <summary>Clears the table if it is full. Ids of before are void then; never call it while ids are held.</summary>
    public void Trim()
    {
        if (_configurations.Count > GrammarLimits.Configurations)
            Clear();
    }

    /// <summary>The id of the next configuration; <see cref="IsDead"/> tells where there is none.</summary>
    public int Next(int id, byte value)
    {
        int next = _table[(id << 8) | value];
        return next != 0 ? next : Step(id, value);
    }

    /// <summary>Whether nothing fits any more.</summary>
    public static bool IsDead(int id) => id == Dead;

    /// <summary>The configuration after a token that the grammar names, together with those that its bytes lead to.</summary>
    /// <param name="from">Before it.</param>
    /// <param name="matches">Whether the token meets a condition.</param>
    /// <param name="bytes">The configuration after its bytes; null where it has none.</param>
    public Configuration ReadToken(Configuration from, Func<int, bool> matches, Configuration? bytes)
    {
        var reading = Reading(Current(from));
        Begin();
        foreach (var item in reading)
        {
            var state = _network.States[item.State];
            if (state.Kind == StateKind.Token && matches(state.A))
                Visit(state.B, item.Stack);
        }
        if (bytes is not null)
        {
            _accepts |= bytes.Accepts;
            _items.AddRange(bytes.Items);
        }
        return Finish();
    }

    /// <summary>The conditions on tokens that a configuration has.</summary>
    public IEnumerable<int> Conditions(Configuration configuration) => _network.Conditions.Length == 0
        ? []
        : Reading(Current(configuration))
            .Select(item => _network.States[item.State])
            .Where(state => state.Kind == StateKind.Token)
            .Select(state => state.A);

    private void Clear()
    {
        Epoch++;
        _known.Clear();
        _stacks.Clear();
        _configurations.Clear();
        Array.Clear(_table);
        _configurations.Add(null!); // id 0 stands for "not known yet"
        Intern([], accepts: false);
    }

    private int Step(int id, byte value)
    {
        var reading = Reading(_configurations[id]);
        Begin();
        foreach (var item in reading)
        {
            var state = _network.States[item.State];
            if (state.Kind != StateKind.Char)
                continue;
            ushort next = _network.Classes.Next(item.Byte == 0 ? state.A : item.Byte, value);
            if (next == ByteClasses.Done)
                Visit(state.B, item.Stack);
            else if (next != ByteClasses.Dead)
                _items.Add(item with { Byte = next });
        }
        return _table[(id << 8) | value] = Finish().Id;
    }

    private void Begin()
    {
        _visited.Clear();
        _items.Clear();
        _accepts = false;
    }

    /// <summary>Goes on from a state without reading: along splits, and back to the callers where a rule ends.</summary>
    private void Visit(int first, StackNode below)
    {
        _todo.Push((first, below));
        while (_todo.TryPop(out var place))
        {
            (int number, var stack) = place;
            if (!_visited.Add((number, stack.Id)))
                continue;
            var state = _network.States[number];
            switch (state.Kind)
            {
                case StateKind.Split:
                    _todo.Push((state.B, stack));
                    _todo.Push((state.A, stack));
                    break;
                case StateKind.End:
                    foreach (var continuation in stack.Continuations)
                    {
                        if (continuation.State == StackNode.Accept)
                            _accepts = true;
                        else
                            _todo.Push((continuation.State, continuation.Parent!));
                    }
                    break;
                default:
                    _items.Add(new Item(number, 0, stack));
                    break;
            }
        }
    }

    private Configuration Finish()
    {
        if (_items.Count > GrammarLimits.Items)
            throw new GrammarException(
                $"The grammar is too ambiguous: the text can be read in more than {GrammarLimits.Items} ways at once.");
        var items = CollectionsMarshal.AsSpan(_items);
        items.Sort();
        int kept = 0;
        for (int i = 0; i < items.Length; i++)
            if (i == 0 || items[i] != items[kept - 1])
                items[kept++] = items[i];
        return Intern(items[..kept].ToArray(), _accepts);
    }

    private Configuration Intern(Item[] items, bool accepts)
    {
        var key = new ConfigurationKey(items, accepts);
        if (_known.TryGetValue(key, out var configuration))
            return configuration;
        configuration = new Configuration(_configurations.Count, Epoch, items, accepts);
        if (configuration.Id > 16 * GrammarLimits.Configurations)
            throw new GrammarException("The grammar is too ambiguous: there are too many ways to read a single token.");
        _known.Add(key, configuration);
        _configurations.Add(configuration);
        if (_table.Length < _configurations.Count << 8)
            Array.Resize(ref _table, Math.Max(_configurations.Count, 2 * (_table.Length >> 8)) << 8);
        return configuration;
    }

    private Item[] Reading(Configuration configuration) => configuration.Reading ??= EnterCalls(configuration.Items);

    private Item[] EnterCalls(Item[] items)
    {
        List<Item> reading = [];
        _callers.Clear();
        foreach (var item in items)
            Meet(item, reading);
        while (_entering.TryDequeue(out int rule, out _))
        {
            var stack = InternStack(_callers[rule]);
            _visited.Clear();
            _todo.Push((_network.Starts[rule], stack));
            while (_todo.TryPop(out var place))
            {
                if (!_visited.Add((place.State, stack.Id)))
                    continue;
                var state = _network.States[place.State];
                if (state.Kind == StateKind.Split)
                {
                    _todo.Push((state.B, stack));
                    _todo.Push((state.A, stack));
                }
                else if (state.Kind != StateKind.End) // the caller goes around a call of a rule that matches the empty text
                {
                    Meet(new Item(place.State, 0, stack), reading);
                }
            }
        }
        return [.. reading];
    }

    /// <summary>Takes an item that reads, or notes a call.</summary>
    private void Meet(Item item, List<Item> reading)
    {
        var state = _network.States[item.State];
        if (state.Kind != StateKind.Call)
        {
            reading.Add(item);
            return;
        }
        if (!_callers.TryGetValue(state.A, out var callers))
        {
            _callers.Add(state.A, callers = []);
            _entering.Enqueue(state.A, -_network.Ranks[state.A]);
        }
        if (state.B == 0)
            callers.UnionWith(item.Stack.Continuations);
        else
            callers.Add(new Continuation(state.B, item.Stack));
    }

    private StackNode InternStack(HashSet<Continuation> callers)
    {
        if (callers.Count > GrammarLimits.Items)
            throw new GrammarException($"The grammar is too ambiguous: a rule may return to more than {GrammarLimits.Items} places.");
        Continuation[] sorted = [.. callers.OrderBy(caller => caller.State).ThenBy(caller => caller.Parent?.Id ?? -1)];
        if (sorted is [{ State: StackNode.Accept }])
            return StackNode.Bottom;
        if (!_stacks.TryGetValue(sorted, out var stack))
            _stacks.Add(sorted, stack = new StackNode(_nextStack++, sorted));
        return stack;
    }
}
