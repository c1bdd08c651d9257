using Quipu.Cpu.Lanes;
using Quipu.Cpu.Ops;
using Quipu.Tensors;

namespace Quipu.Cpu;

/// <summary>
/// Operations on rows of activations, divided among the threads where there is enough to do. Shapes were checked by the caller.
/// How the rows are divided has no influence on the results.
/// </summary>
internal abstract unsafe class RowOperations
{
    /// <summary>The operations of an instruction set.</summary>
    public static RowOperations For(InstructionSet set, ComputePool pool) => set switch
    {
        InstructionSet.Avx512 => new RowOperations<Lane512>(pool),
        InstructionSet.Avx2 => new RowOperations<Lane256>(pool),
        InstructionSet.AdvSimd => new RowOperations<Lane128>(pool),
        _ => new RowOperations<Lane1>(pool),
    };

    /// <summary>output = input / rms(input) · gain.</summary>
    public abstract void RmsNorm(float* input, int rows, int columns, float* gain, float epsilon, float* output);

    /// <summary>residual += input / rms(input) · gain.</summary>
    public abstract void RmsNormAdd(float* input, int rows, int columns, float* gain, float epsilon, float* residual);

    /// <summary>Each head divided by its rms, times gain, in place.</summary>
    public abstract void RmsNormHeads(float* values, int rows, int columns, int headDim, float* gain, float epsilon);

    /// <summary>residual += input.</summary>
    public abstract void Add(float* input, int rows, int columns, float* residual);

    /// <summary>gate = gelu_tanh(gate) · up.</summary>
    public abstract void GeluMul(float* gate, float* up, int rows, int columns);

    /// <summary>gate = silu(gate) · up.</summary>
    public abstract void SiluMul(float* gate, float* up, int rows, int columns);

    /// <summary>Rotates each head in place.</summary>
    public abstract void Rope(float* values, int rows, int columns, int headDim, float* table, int rotated, RopeStyle style);
}

/// <summary>The operations over one width of lanes.</summary>
/// <param name="pool">The threads.</param>
internal sealed unsafe class RowOperations<TLane>(ComputePool pool) : RowOperations where TLane : struct, ILane<TLane>
{
    // A task of fewer elements costs more to hand over than to compute; an exponential takes as long as four multiply-adds and more.
    private const int ElementsPerTask = 8192, ExponentialsPerTask = 2048;

    public override void RmsNorm(float* input, int rows, int columns, float* gain, float epsilon, float* output)
    {
        var context = new Context { Input = input, Other = gain, Target = output, Rows = rows, Columns = columns, Epsilon = epsilon };
        Run(&RmsNormTask, &context);
    }

    public override void RmsNormAdd(float* input, int rows, int columns, float* gain, float epsilon, float* residual)
    {
        var context = new Context { Input = input, Other = gain, Target = residual, Rows = rows, Columns = columns, Epsilon = epsilon };
        Run(&RmsNormAddTask, &context);
    }

    public override void RmsNormHeads(float* values, int rows, int columns, int headDim, float* gain, float epsilon)
    {
        var context = new Context
        {
            Target = values,
            Other = gain,
            Rows = rows,
            Columns = columns,
            HeadDim = headDim,
            Epsilon = epsilon,
        };
        Run(&RmsNormHeadsTask, &context);
    }

    public override void Add(float* input, int rows, int columns, float* residual)
    {
        var context = new Context { Input = input, Target = residual, Rows = rows, Columns = columns };
        Run(&AddTask, &context);
    }

    public override void GeluMul(float* gate, float* up, int rows, int columns)
    {
        var context = new Context { Input = up, Target = gate, Rows = rows, Columns = columns };
        Run(&GeluMulTask, &context, ExponentialsPerTask);
    }

    public override void SiluMul(float* gate, float* up, int rows, int columns)
    {
        var context = new Context { Input = up, Target = gate, Rows = rows, Columns = columns };
        Run(&SiluMulTask, &context, ExponentialsPerTask);
    }

    public override void Rope(float* values, int rows, int columns, int headDim, float* table, int rotated, RopeStyle style)
    {
        var context = new Context
        {
            Target = values,
            Other = table,
            Rows = rows,
            Columns = columns,
            HeadDim = headDim,
            Rotated = rotated,
            Style = style,
        };
        Run(&RopeTask, &context);
    }

    private void Run(delegate* managed<void*, int, int, void> task, Context* context, int elementsPerTask = ElementsPerTask)
    {
        context->RowsPerTask = Math.Max(1, elementsPerTask / Math.Max(1, context->Columns));
        int tasks = (context->Rows + context->RowsPerTask - 1) / context->RowsPerTask;
        // Of eight rows four and four, not five and three.
        context->RowsPerTask = (context->Rows + tasks - 1) / Math.Max(1, tasks);
        pool.Run(task, context, tasks);
    }

    private static void RmsNormTask(void* context, int task, int worker)
    {
        var c = (Context*)context;
        (long first, int count) = c->Range(task);
        Normalization.RmsNorm<TLane>(c->Input + first, count, c->Columns, c->Other, c->Epsilon, c->Target + first);
    }

    private static void RmsNormAddTask(void* context, int task, int worker)
    {
        var c = (Context*)context;
        (long first, int count) = c->Range(task);
        Normalization.RmsNormAdd<TLane>(c->Input + first, count, c->Columns, c->Other, c->Epsilon, c->Target + first);
    }

    private static void RmsNormHeadsTask(void* context, int task, int worker)
    {
        var c = (Context*)context;
        (long first, int count) = c->Range(task);
        Normalization.RmsNormHeads<TLane>(c->Target + first, count, c->Columns, c->HeadDim, c->Other, c->Epsilon);
    }

    private static void AddTask(void* context, int task, int worker)
    {
        var c = (Context*)context;
        (long first, int count) = c->Range(task);
        Elementwise.Add<TLane>(c->Input + first, (long)count * c->Columns, c->Target + first);
    }

    private static void GeluMulTask(void* context, int task, int worker)
    {
        var c = (Context*)context;
        (long first, int count) = c->Range(task);
        Elementwise.GeluMul<TLane>(c->Target + first, c->Input + first, (long)count * c->Columns);
    }

    private static void SiluMulTask(void* context, int task, int worker)
    {
        var c = (Context*)context;
        (long first, int count) = c->Range(task);
        Elementwise.SiluMul<TLane>(c->Target + first, c->Input + first, (long)count * c->Columns);
    }

    private static void RopeTask(void* context, int task, int worker)
    {
        var c = (Context*)context;
        (long first, int count) = c->Range(task);
        float* table = c->Other + ((long)task * c->RowsPerTask * c->Rotated);
        RotaryEmbedding.Rotate<TLane>(c->Target + first, count, c->Columns, c->HeadDim, table, c->Rotated, c->Style);
    }

    private struct Context
    {
        public float* Input;
        public float* Other;
        public float* Target;
        public int Rows;
        public int Columns;
        public int RowsPerTask;
        public int HeadDim;
        public int Rotated;
        public float Epsilon;
        public RopeStyle Style;

        /// <summary>Offset of a task's first element, and its number of rows.</summary>
        public readonly (long First, int Count) Range(int task)
        {
            int row = task * RowsPerTask;
            return ((long)row * Columns, Math.Min(RowsPerTask, Rows - row));
        }
    }
}
