namespace Quipu.Engine.Grammars.Syntax;

/// <summary>Strongly connected components of a graph, by Tarjan's algorithm, without recursion: graphs come from outside.</summary>
internal static class Components
{
    /// <summary>
    /// The component of each vertex. Numbers ascend against the arrows: what a vertex leads to has its number or a lower one.
    /// </summary>
    /// <param name="edges">Where the arrows of each vertex go.</param>
    public static int[] Find(List<List<int>> edges)
    {
        int count = edges.Count;
        int[] component = new int[count], index = new int[count], low = new int[count], next = new int[count];
        Array.Fill(component, -1);
        var open = new Stack<int>();
        var path = new Stack<int>();
        int visited = 0, components = 0;
        for (int root = 0; root < count; root++)
        {
            if (index[root] != 0)
                continue;
            Enter(root);
            while (path.TryPeek(out int vertex))
            {
                if (next[vertex] < edges[vertex].Count)
                {
                    int target = edges[vertex][next[vertex]++];
                    if (index[target] == 0)
                        Enter(target);
                    else if (component[target] < 0)
                        low[vertex] = Math.Min(low[vertex], index[target]);
                    continue;
                }
                Leave(path.Pop());
            }
        }
        return component;

        void Enter(int vertex)
        {
            index[vertex] = low[vertex] = ++visited;
            open.Push(vertex);
            path.Push(vertex);
        }

        void Leave(int vertex)
        {
            if (path.TryPeek(out int parent))
                low[parent] = Math.Min(low[parent], low[vertex]);
            if (low[vertex] != index[vertex])
                return;
            int member;
            do
            {
                member = open.Pop();
                component[member] = components;
            }
            while (member != vertex);
            components++;
        }
    }
}
