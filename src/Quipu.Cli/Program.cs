Console.WriteLine("quipu");
