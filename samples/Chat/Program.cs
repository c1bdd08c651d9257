using Microsoft.Extensions.AI;
using Quipu.Cpu;
using Quipu.Engine;
using Quipu.Engine.Scheduling;
using Quipu.Extensions.AI;

using var device = new CpuDevice();
using var model = LanguageModel.Load(args[0], device);
await using var scheduler = new InferenceScheduler(model, device, new SchedulerOptions());
using var client = new QuipuChatClient(scheduler);
List<Microsoft.Extensions.AI.ChatMessage> conversation = [];
Console.Write("> ");
while (Console.ReadLine() is { } line)
{
    conversation.Add(new(ChatRole.User, line));
    var updates = new List<ChatResponseUpdate>();
    await foreach (var update in client.GetStreamingResponseAsync(conversation))
    {
        updates.Add(update);
        Console.Write(update.Text);
    }
    conversation.AddMessages(updates);
    Console.Write("\n> ");
}
